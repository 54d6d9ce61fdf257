/** An architecture block by block, each MixConv drawn as the channels that its kernels get. */
import { type Architecture, type MixBlock, outChannels, splitChannels } from '../../models/index.js';
import { type Block, type Line, type Role, span } from '../draw/block.js';
import { type Column, table } from '../draw/table.js';

const roleOfKernel: Readonly<Record<number, Role>> = {
  1: 'muted',
  3: 'series0',
  5: 'series1',
  7: 'series2',
  9: 'series3',
  11: 'bad',
};

/** `3 5d2 7`: the kernel sizes, dilations where they are not 1. */
export function kernelText({ kernels, dilations }: Pick<MixBlock, 'kernels' | 'dilations'>): string {
  return kernels.map((k, i) => ((dilations?.[i] ?? 1) > 1 ? `${k}d${dilations?.[i]}` : String(k))).join(' ');
}

/** The channels of a MixConv, to scale: each character is a share of them and shows their kernel. */
export function mixDrawing({ kernels, split }: MixBlock, width: number): Line {
  const shares = splitChannels(Math.max(width, kernels.length), kernels.length, split);
  return kernels.map((kernel, i) => {
    const digit = kernel < 10 ? String(kernel) : 'b';
    return span(digit.repeat(shares[i] ?? 1), roleOfKernel[kernel] ?? 'text');
  });
}

const groupsText = ({ expandGroups, projectGroups }: MixBlock): string =>
  expandGroups === 1 && projectGroups === 1 ? '-' : `${expandGroups}/${projectGroups}`;

/**
 * The table of an architecture's parts, at most `width` columns wide.
 * @param shares share of the latency of stem, blocks and head, for the last column.
 */
export function architectureTable(
  architecture: Architecture,
  resolution: number,
  shares: { stem: number; blocks: readonly number[]; head: number } | undefined,
  width: number,
): Block {
  const columns: Column[] = [
    { title: 'part' },
    { title: 'channels by kernel', sheds: 1 },
    { title: 'kernels' },
    { title: 'split', sheds: 5 },
    { title: 'gate', sheds: 6 },
    { title: 'expand', align: 'right', sheds: 3 },
    { title: 'groups', align: 'right', sheds: 4 },
    { title: 'SE', align: 'right', sheds: 4 },
    { title: 'act', sheds: 5 },
    { title: 'out', align: 'right' },
    { title: 'time', align: 'right' },
  ];
  const percent = (share: number | undefined): string =>
    share === undefined ? '-' : `${(share * 100).toFixed(0)} %`;
  let size = Math.ceil(resolution / architecture.stem.stride);
  const { stem, head } = architecture;
  const rows: (string | Line)[][] = [
    [
      [span('stem', 'muted')],
      '',
      String(stem.kernel),
      '',
      '',
      '',
      '',
      '',
      stem.activation,
      `${stem.out} @ ${size}`,
      percent(shares?.stem),
    ],
  ];
  let channels = stem.out;
  for (const [i, block] of architecture.blocks.entries()) {
    size = Math.ceil(size / block.stride);
    channels = outChannels(block, channels);
    const end = [`${channels} @ ${size}`, percent(shares?.blocks[i])];
    if (block.op !== 'inverted-residual') {
      const act = 'activation' in block ? block.activation : '-';
      const kind = [span(block.op, 'muted')];
      rows.push([[span(`${i + 1}`, 'accent')], kind, String(block.kernel), '', '', '', '', '', act, ...end]);
      continue;
    }
    rows.push([
      [span(`${i + 1}`, 'accent')],
      mixDrawing(block, 16),
      kernelText(block),
      typeof block.split === 'string' ? block.split : block.split.join(':'),
      block.gate === 'none' ? '-' : block.gate,
      `${block.expansion}`,
      groupsText(block),
      block.seRatio === 0 ? '-' : String(block.seRatio),
      block.activation,
      ...end,
    ]);
  }
  rows.push([
    [span('head', 'muted')],
    '',
    head.out === 0 ? '-' : '1',
    '',
    '',
    '',
    '',
    '',
    head.activation,
    head.out === 0 ? '-' : `${head.out} @ ${size}`,
    percent(shares?.head),
  ]);
  return table(columns, rows, width);
}
