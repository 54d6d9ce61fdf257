/** Marked trials side by side. */
import { describeBlock, outChannels } from '../../models/index.js';
import { type Block, type Line, span } from '../draw/block.js';
import { table } from '../draw/table.js';
import { formatBytes, formatCount, formatMs, formatPercent } from '../../base/index.js';
import { architectureOf } from '../model/candidate.js';
import type { RunModel } from '../model/run-model.js';
import { kernelText } from './architecture.js';

interface Quality {
  readonly name: string;
  readonly metric: string;
  readonly format: (value: number) => string;
  /** Whether more is better. */
  readonly more: boolean;
}

function qualities(model: RunModel): Quality[] {
  return [
    { name: 'accuracy', metric: 'accuracy', format: (v) => formatPercent(v, 2), more: true },
    ...model.devices.map(({ name, metric }) => ({ name, metric, format: formatMs, more: false })),
    { name: 'params', metric: 'params', format: formatCount, more: false },
    { name: 'MACs', metric: 'macs', format: formatCount, more: false },
    { name: 'activation memory', metric: 'peakMemoryBytes', format: formatBytes, more: false },
    ...(model.view.manifest.metrics.includes('splitLatencyMs')
      ? [{ name: 'phone and server', metric: 'splitLatencyMs', format: formatMs, more: false }]
      : []),
  ];
}

/** The qualities of some rows, a cell for each; the best of each is marked `*`. */
export function qualityRows(
  model: RunModel,
  rows: readonly number[],
): readonly { readonly name: string; readonly cells: readonly Line[] }[] {
  return qualities(model).map(({ name, metric, format, more }) => {
    const values = rows.map((row) => model.table.column(metric)[row] ?? Number.NaN);
    const known = values.filter((value) => !Number.isNaN(value));
    const best = more ? Math.max(...known) : Math.min(...known);
    const cells = values.map((value): Line => {
      if (Number.isNaN(value)) return [span('-  ', 'muted')];
      return value === best
        ? [span(`${format(value)} *`, 'good', { bold: true })]
        : [span(`${format(value)}  `)];
    });
    return { name, cells };
  });
}

/** A table with a column for each row of the run; the best of each quality is marked `*`. */
export function comparison(model: RunModel, rows: readonly number[], width: number): Block {
  const columns = [
    { title: '' },
    ...rows.map((row) => ({ title: `trial ${model.row(row).id}`, align: 'right' as const })),
  ];
  const numbers = qualityRows(model, rows).map(({ name, cells }): Line[] => [
    [span(name, 'muted')],
    ...cells,
  ]);
  const origins: Line[] = [
    [span('origin', 'muted')],
    ...rows.map((row): Line => [span(`${model.row(row).origin}  `)]),
  ];
  return [
    ...table(columns, [...numbers, origins, ...blocks(model, rows)], width),
    [span('* the best of these', 'muted')],
  ];
}

/** The convolution kernels of each block. */
function blocks(model: RunModel, rows: readonly number[]): Line[][] {
  const networks = rows.map((row) => {
    const { stem, blocks: all } = architectureOf(model, row);
    let channels = stem.out;
    return all.map((block) => {
      channels = outChannels(block, channels);
      return `${kernelText(describeBlock(block))} > ${channels}  `;
    });
  });
  const most = Math.max(0, ...networks.map((list) => list.length));
  return Array.from({ length: most }, (_, i) => [
    [span(`block ${i + 1}`, 'muted')],
    ...networks.map((list): Line => {
      const block = list[i];
      return [span(block ?? '-  ', block ? 'text' : 'muted')];
    }),
  ]);
}
