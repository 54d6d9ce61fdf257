/** One trial in a few lines: what a cursor on it should tell. */
import { basename } from 'node:path';
import { type Block, type Line, line, lineWidth, span } from '../draw/block.js';
import { formatCount, formatDuration, formatMs, formatPercent, significant } from '../../base/index.js';
import { markOf } from '../model/columns.js';
import { accuracyInterval, precisionsOf } from '../../runs/index.js';
import { exportsOf } from '../model/exports.js';
import { finalistIn, laterText } from '../model/finalists.js';
import type { RunModel } from '../model/run-model.js';

const labelWidth = 11;

const field = (label: string, ...value: Line): Line => [
  span(`${label.padEnd(labelWidth)} `, 'muted'),
  ...value,
];

/**
 * Latency on each device, with the limit and how much of it is used: `6.40 ms of 8.50 ms`, or where the upper
 * end of the band is judged `6.40 to 7.20 of 8.50 ms`.
 */
function latencies(model: RunModel, row: number): Block {
  return model.devices.map(({ name, metric, latencyMetric, limitMs }) => {
    const ms = model.table.column(latencyMetric)[row] ?? Number.NaN;
    if (Number.isNaN(ms)) return field(name, span('-'));
    const judged = model.table.column(metric)[row] ?? Number.NaN;
    const range = `${significant(ms)} to ${significant(judged)}`;
    if (limitMs === undefined)
      return field(name, span(metric === latencyMetric ? formatMs(ms) : `${range} ms`));
    return field(
      name,
      span(metric === latencyMetric ? formatMs(ms) : range),
      judged > limitMs
        ? span(` > ${formatMs(limitMs)}`, 'infeasible')
        : span(` of ${formatMs(limitMs)}`, 'muted'),
    );
  });
}

/** Accuracy in floats and in 8-bit integers, of the simulation and of exported files. */
function precisions(model: RunModel, row: number): Block {
  const trial = model.row(row);
  const known = precisionsOf(trial);
  const files = exportsOf(model).filter(({ trial: of }) => of === trial.id);
  return [
    ...(known
      ? [
          field('float', span(formatPercent(known.float, 2))),
          field('int8', span(formatPercent(known.int8, 2)), span(' simulated', 'muted')),
        ]
      : []),
    ...files.map(({ path, format, precision, accuracy }) =>
      field(
        'exported',
        span(`${format} ${precision}`),
        span(accuracy === undefined ? '' : ` ${formatPercent(accuracy, 2)}`),
        span(` ${basename(path)}`, 'muted'),
      ),
    ),
  ];
}

/** The lines of a side panel. @param options `reason`: whether to say why it ended, as far as a line holds. */
export function trialSummary(model: RunModel, row: number, options = { reason: true }): Block {
  const { table } = model;
  const trial = model.row(row);
  const accuracy = table.column('accuracy')[row] ?? Number.NaN;
  const status = table.onFront(row) ? 'on the front' : trial.state;
  return [
    [span(`trial ${trial.id} `, 'accent', { bold: true }), ...markOf(model, row), span(` ${status}`)],
    field(
      'accuracy',
      span(Number.isNaN(accuracy) ? '-' : formatPercent(accuracy, 2), 'text', { bold: true }),
      span(errorText(model, accuracy), 'muted'),
    ),
    ...again(model, trial.id),
    ...precisions(model, row),
    ...latencies(model, row),
    field('params', span(formatCount(table.column('params')[row] ?? Number.NaN))),
    field('MACs', span(formatCount(table.column('macs')[row] ?? Number.NaN))),
    field('origin', span(originText(model, row))),
    ...(trial.seconds === undefined ? [] : [field('took', span(formatDuration(trial.seconds)))]),
    ...(trial.reason === undefined || !options.reason ? [] : [field('reason', span(trial.reason, 'bad'))]),
  ];
}

/** What it came to when it was evaluated again, as a member of the front. */
function again(model: RunModel, trial: number): Block {
  const finalist = finalistIn(model, trial);
  if (!finalist) return [];
  return [
    field(
      'again',
      span(laterText(finalist), finalist.onFront ? 'front' : 'text', { bold: true }),
      span(` (${finalist.seeds} seeds)`, 'muted'),
    ),
  ];
}

/** ` 53.7 to 58.1`: where an accuracy lies at 95 %, where it was measured on images. */
function errorText({ view }: RunModel, accuracy: number): string {
  const interval = accuracyInterval(view, accuracy);
  return interval ? ` ${(100 * interval.low).toFixed(1)} to ${(100 * interval.high).toFixed(1)}` : '';
}

function originText(model: RunModel, row: number): string {
  const { origin, parents } = model.row(row);
  return parents.length > 0 ? `${origin} of ${parents.join(', ')}` : origin;
}

/** The same in one line, for a small terminal; devices for which there is no room are left out. */
export function trialLine(model: RunModel, row: number, width: number): Line {
  const accuracy = model.table.column('accuracy')[row] ?? Number.NaN;
  const start = line(
    span(`trial ${model.row(row).id} `, 'accent', { bold: true }),
    ...markOf(model, row),
    span(Number.isNaN(accuracy) ? ' -' : ` ${formatPercent(accuracy, 2)}`, 'text', { bold: true }),
  );
  const kept = [...start];
  for (const { name, latencyMetric } of model.devices) {
    const price = [
      span(`  ${name} `, 'muted'),
      span(formatMs(model.table.column(latencyMetric)[row] ?? Number.NaN)),
    ];
    if (lineWidth([...kept, ...price]) > width) break;
    kept.push(...price);
  }
  return kept;
}
