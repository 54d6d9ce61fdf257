/** The front on the page: its plots, and the table of its networks. */
import { relative } from 'node:path';
import { formatBytes, formatPercent } from '../../base/index.js';
import { accuracyInterval, precisionsOf } from '../../runs/index.js';
import { type Architecture, describeBlock } from '../../models/index.js';
import type { FrontFigure } from '../figures.js';
import { type Metric, capital } from '../model/metrics.js';
import { bandOf, deviceOf, shownMetrics } from '../model/networks.js';
import { type FrontNetwork, type NetworkFile, type ReportRun, valueOf } from '../model/run.js';
import type { Draw } from './figure.js';
import { type Content, type Html, html } from './html.js';
import { type Cell, type Column, sortableTable } from './table.js';

/** What a front plot's caption says of the device and of what lies outside the plot. */
function frontCaption({ device, cost, beyond, intervals }: FrontFigure, several = false): Content {
  const outside = beyond.map(({ name, cost: at }) => `${name} at ${cost.format(at)}`).join(', ');
  const band = device?.predictor && !several ? ' The pale bars are the 90 % band of the prediction.' : '';
  return [
    device ? `${capital(device.title)}.${band}` : '',
    intervals && !several
      ? ' The upright lines are Wilson’s intervals at 95 % of what was measured on images; a ring marks what is level with the most accurate.'
      : '',
    cost.name === 'macs' ? 'The plot that the MixNet papers draw: FLOPs there are multiply-adds.' : '',
    outside ? ` Beyond the plot: ${outside}.` : '',
  ];
}

/** The fronts over each cost, two in a row. */
export function frontPlots(figures: readonly FrontFigure[], draw: Draw, several = false): Html {
  return html`<div class="pair">${figures.map((figure) => draw(figure.plot, frontCaption(figure, several)))}</div>`;
}

/** Kernels of an architecture, block by block: `3 3+5 3+5+7d2`. */
function kernelsText(architecture: Architecture): string {
  return architecture.blocks
    .map(describeBlock)
    .map(({ kernels, dilations }) =>
      kernels.map((size, i) => `${size}${(dilations?.[i] ?? 1) > 1 ? `d${dilations?.[i]}` : ''}`).join('+'),
    )
    .join(' ');
}

/** Where files of the run are to be found from the page. */
export type LinkTo = (path: string) => string;

/** Links from a page in `folder`. */
export const linksFrom =
  (folder: string): LinkTo =>
  (path) =>
    relative(folder, path).split(/[/\\]/).map(encodeURIComponent).join('/');

function filesCell(files: readonly NetworkFile[], link: LinkTo): Content {
  return files.map(
    ({ label, path, bytes, accuracy }) =>
      html`<a href="${link(path)}">${label}</a><small>${formatBytes(bytes)}${accuracy === undefined ? '' : `, ${formatPercent(accuracy, 1)}`}</small>`,
  );
}

function metricCell(run: ReportRun, member: FrontNetwork, metric: Metric): Cell {
  const value = valueOf(member.row, metric.name);
  if (!Number.isFinite(value)) return { content: '', value: '' };
  const interval = metric.name === 'accuracy' ? accuracyInterval(run.view, value) : undefined;
  if (interval) {
    const text = `${metric.format(interval.low)} to ${metric.format(interval.high)}`;
    return {
      content: [metric.format(value), html`<small>${text.replaceAll(' % to', ' to')}</small>`],
      value,
    };
  }
  const device = deviceOf(run, metric);
  const band = device && bandOf(member, device.name);
  const text = band && `${metric.format(band[0])} to ${metric.format(band[1])}`;
  return {
    content: [metric.format(value), text && html`<small>${text.replaceAll(' ms to', ' to')}</small>`],
    value,
  };
}

const numeric = (column: Column): Column => ({ ...column, numeric: true });

/** Accuracy as trained and in simulated integers; empty where integers were not measured. */
function precisionCells({ row }: FrontNetwork): Cell[] {
  const known = precisionsOf(row);
  return [known?.float, known?.int8].map((value) =>
    value === undefined ? { content: '', value: '' } : { content: formatPercent(value, 1), value },
  );
}

/**
 * The networks of one or several fronts, one a row.
 * @param link undefined where the table has no column for files.
 */
export function frontTable(runs: readonly ReportRun[], link: LinkTo): Html {
  const [first] = runs as readonly [ReportRun];
  const several = runs.length > 1;
  const metrics = shownMetrics(first).filter(({ name }) =>
    runs.every((run) => shownMetrics(run).some((m) => m.name === name)),
  );
  const networks = runs.flatMap((run) => run.front.map((member) => ({ run, member })));
  const withFiles = networks.some(({ member }) => member.files.length > 0);
  const withInt8 = networks.some(({ member }) => precisionsOf(member.row));
  const columns: Column[] = [
    ...(several ? [{ title: 'Run' }] : []),
    { title: 'Trial', numeric: true },
    ...metrics.map(({ label }) => ({ title: shortTitle(label), numeric: true })),
    ...(withInt8 ? [{ title: 'Accuracy, float' }, { title: 'Accuracy, int8' }].map(numeric) : []),
    { title: 'Convolution kernels, block by block' },
    ...(withFiles ? [{ title: 'Files', unsorted: true }] : []),
  ];
  const rows = networks.map(({ run, member }): Cell[] => [
    ...(several ? [run.view.name] : []),
    { content: `#${member.row.id}`, value: member.row.id },
    ...metrics.map((metric) => metricCell(run, member, metric)),
    ...(withInt8 ? precisionCells(member) : []),
    {
      content: member.architecture && html`<code class="blocks">${kernelsText(member.architecture)}</code>`,
    },
    ...(withFiles ? [{ content: filesCell(member.files, link) }] : []),
  ]);
  return sortableTable(several ? 'Networks of the fronts' : 'Networks of the front', columns, rows);
}

/** Column heads are short: `mali-g76` under a table of latencies. */
function shortTitle(label: string): Content {
  const [kind, place] = label.split(' on ');
  return place === undefined
    ? capital(label.replace(' (multiply-adds)', ''))
    : [capital(kind as string), html`<br>`, place];
}
