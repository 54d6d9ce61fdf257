/** The columns of the trials table: how each sorts, filters and appears. */
import type { Column } from '../draw/table.js';
import { type Line, span } from '../draw/block.js';
import { marks } from '../draw/glyphs.js';
import { formatCount, formatPercent, significant } from '../../base/index.js';
import { deviceOfMemory } from '../../metrics/index.js';
import type { QueryColumn } from './query.js';
import type { RunModel } from './run-model.js';

export interface TrialColumn extends QueryColumn, Column {
  cell(row: number): Line;
}

/** A trial's mark: on the front, beyond a limit or failed, running, or nothing. */
export function markOf(model: RunModel, row: number): Line {
  const { table } = model;
  if (table.onFront(row)) return [span(marks.front, 'front')];
  const state = table.stateOf(row);
  if (state === 'failed') return [span('✗', 'bad')];
  if (state === 'running') return [span('▸', 'accent')];
  return [span(state === 'complete' ? '·' : '-', 'dominated')];
}

function stateCell(model: RunModel, row: number): Line {
  const trial = model.row(row);
  switch (trial.state) {
    case 'running': {
      const share = trial.steps > 0 ? ` ${Math.floor((100 * trial.step) / trial.steps)} %` : '';
      return [span(`running${share}`, 'accent')];
    }
    case 'failed':
      return [span(trial.reason ?? 'failed', 'bad')];
    case 'complete':
      return [span('complete', 'muted')];
    default:
      return [span(trial.state, 'warn')];
  }
}

/** All columns of a run's trials, the mark first; `key` is what filters call them. */
export function trialColumns(model: RunModel): readonly [TrialColumn, ...TrialColumn[]] {
  const { table } = model;
  const metric = (name: string, format: (value: number) => string) => {
    const value = (row: number) => table.column(name)[row] ?? Number.NaN;
    return {
      align: 'right' as const,
      value,
      values: () => table.column(name),
      cell(row: number): Line {
        const number = value(row);
        return [span(Number.isNaN(number) ? '-' : format(number), Number.isNaN(number) ? 'muted' : 'text')];
      },
    };
  };
  const count = formatCount;
  return [
    {
      key: 'mark',
      title: '',
      value: (row) => (table.onFront(row) ? 0 : 1),
      cell: (row) => markOf(model, row),
    },
    {
      key: 'id',
      title: 'trial',
      align: 'right',
      value: (row) => table.ids()[row] as number,
      values: () => table.ids(),
      cell: (row) => [span(String(model.row(row).id))],
    },
    { key: 'accuracy', title: 'accuracy', ...metric('accuracy', (v) => formatPercent(v, 2)) },
    ...model.devices.map(
      (device, i): TrialColumn => ({
        key: device.name,
        title: `${device.name} ${device.unit}`,
        sheds: i === 0 ? 0 : 1,
        ...metric(device.metric, (v) => significant(v, 4)),
      }),
    ),
    { key: 'params', title: 'params', sheds: 3, ...metric('params', count) },
    { key: 'macs', title: 'MACs', sheds: 4, ...metric('macs', count) },
    ...(model.view.manifest.metrics.includes('peakMemoryBytes')
      ? [{ key: 'memory', title: 'activation bytes', sheds: 6, ...metric('peakMemoryBytes', count) }]
      : []),
    ...model.view.manifest.metrics.flatMap((name): TrialColumn[] => {
      const device = deviceOfMemory(name);
      if (device === undefined) return [];
      return [{ key: name, title: `${device} bytes`, sheds: 6, ...metric(name, count) }];
    }),
    ...(model.view.manifest.metrics.includes('splitLatencyMs')
      ? [
          {
            key: 'split',
            title: 'split ms',
            sheds: 1,
            ...metric('splitLatencyMs', (v: number) => significant(v, 4)),
          },
        ]
      : []),
    {
      key: 'seconds',
      title: 'seconds',
      sheds: 5,
      align: 'right',
      value: (row) => table.seconds()[row] as number,
      values: () => table.seconds(),
      cell(row) {
        const { seconds } = model.row(row);
        return [span(seconds === undefined ? '-' : seconds.toFixed(1))];
      },
    },
    {
      key: 'origin',
      title: 'origin',
      sheds: 5,
      value: () => Number.NaN,
      cell: (row) => [span(model.row(row).origin, 'muted')],
    },
    {
      key: 'state',
      title: 'state',
      sheds: 2,
      value: (row) => (table.stateOf(row) === 'complete' ? 1 : 0),
      cell: (row) => stateCell(model, row),
    },
  ];
}
