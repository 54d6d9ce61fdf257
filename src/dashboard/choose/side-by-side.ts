/** Two or three candidates next to each other: what they cost, and block by block where their networks differ. */
import {
  type Architecture,
  type Block as NetworkBlock,
  describeBlock,
  outChannels,
} from '../../models/index.js';
import { type Block, type Line, cut, fit, span } from '../draw/block.js';
import { architectureOf } from '../model/candidate.js';
import type { RunModel } from '../model/run-model.js';
import { kernelText } from '../screens/architecture.js';
import { qualityRows } from '../screens/comparison.js';

const labelWidth = 12;
/** Candidates that are compared: more do not fit next to each other. */
export const mostCompared = 3;

/** One block in a few words: `3 5 7 x6 se0.25 40/2 swish`. */
function blockText(block: NetworkBlock, channels: number): string {
  const shape = describeBlock(block);
  const { split, gate, expansion, expandGroups, projectGroups, seRatio, activation } = shape;
  const parts = [
    shape.split === undefined && shape.text === undefined ? block.op : '',
    kernelText(shape),
    split === undefined || split === 'equal' ? '' : typeof split === 'string' ? split : split.join(':'),
    gate === undefined || gate === 'none' ? '' : `${gate} gate`,
    expansion === undefined ? '' : `x${expansion}`,
    (expandGroups ?? 1) > 1 || (projectGroups ?? 1) > 1 ? `g${expandGroups}/${projectGroups}` : '',
    seRatio ? `se${seRatio}` : '',
    `> ${channels}${block.stride > 1 ? '/2' : ''}`,
    activation ?? '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Blocks by stage: a stage begins where the stride is 2 or the width changes. Depths differ, stages line up. */
function stagesOf({ stem, blocks }: Architecture): string[][] {
  const stages: string[][] = [];
  let channels = stem.out;
  for (const [i, block] of blocks.entries()) {
    const out = outChannels(block, channels);
    if (i === 0 || block.stride > 1 || out !== channels) stages.push([]);
    channels = out;
    stages.at(-1)?.push(blockText(block, out));
  }
  return stages;
}

interface Row {
  readonly label: string;
  readonly cells: readonly (string | undefined)[];
}

function networkRows(networks: readonly Architecture[]): Row[] {
  const all = networks.map(stagesOf);
  const stages = Math.max(0, ...all.map((list) => list.length));
  const stem: Row = {
    label: 'stem',
    cells: networks.map(({ stem: { kernel, out, activation } }) => `${kernel} > ${out}/2 ${activation}`),
  };
  const rows = Array.from({ length: stages }, (_, stage) => {
    const depth = Math.max(...all.map((list) => list[stage]?.length ?? 0));
    return Array.from(
      { length: depth },
      (__, i): Row => ({
        label: `${stage + 1}.${i + 1}`,
        cells: all.map((list) => list[stage]?.[i]),
      }),
    );
  });
  const head: Row = {
    label: 'head',
    cells: networks.map(({ head: { out, activation } }) => (out === 0 ? '-' : `1 > ${out} ${activation}`)),
  };
  return [stem, ...rows.flat(), head];
}

/** The candidates side by side in `width` columns; rows that differ are marked `≠`. */
export function sideBySideNetworks(model: RunModel, rows: readonly number[], width: number): Block {
  const each = Math.max(8, Math.floor((width - labelWidth - 2) / Math.max(1, rows.length)));
  const line = (label: string, mark: string, cells: readonly Line[]): Line => [
    span(mark.padEnd(2), 'warn', { bold: true }),
    ...fit([span(label, 'muted')], labelWidth),
    ...cells.flatMap((cell) => fit(cell, each)),
  ];
  const networks = networkRows(rows.map((row) => architectureOf(model, row)));
  const differing = networks.filter(({ cells }) => new Set(cells).size > 1).length;
  return [
    line(
      '',
      '',
      rows.map((row): Line => [span(`trial ${model.row(row).id}`, 'accent', { bold: true })]),
    ),
    ...qualityRows(model, rows).map(({ name, cells }) => line(name, '', cells)),
    [
      span(`${differing} of ${networks.length} parts differ`, differing > 0 ? 'warn' : 'good'),
      span(' ≠; kernels, x expansion, > channels', 'muted'),
    ],
    ...networks.map(({ label, cells }) => {
      const differs = new Set(cells).size > 1;
      return line(
        label,
        differs ? '≠' : '',
        cells.map(
          (cell): Line => [span(cut(cell ?? '-', each - 1), differs ? 'text' : 'muted', { bold: differs })],
        ),
      );
    }),
  ];
}
