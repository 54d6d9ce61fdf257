/** An architecture block by block, each MixConv drawn as the channels that its convolution kernels get. */
import {
  type Architecture,
  type BlockDescription,
  describeBlock,
  outChannels,
  splitChannels,
} from '../../models/index.js';
import { type Block, type Line, type Role, span } from '../draw/block.js';
import { type Column, table } from '../draw/table.js';

/** The colour of a kernel size, the same everywhere. */
export const roleOfKernel: Readonly<Record<number, Role>> = {
  1: 'muted',
  3: 'series0',
  5: 'series1',
  7: 'series2',
  9: 'series3',
  11: 'bad',
};

/** `3 5d2 7`: the kernel sizes, dilations where they are not 1. */
export function kernelText({ kernels, dilations, text }: BlockDescription): string {
  if (text !== undefined) return text;
  return kernels.map((k, i) => ((dilations?.[i] ?? 1) > 1 ? `${k}d${dilations?.[i]}` : String(k))).join(' ');
}

/** Channels that convolution kernels share, to scale: each character is a share of them and shows their kernel. */
function mixDrawing({ kernels, split = 'equal' }: BlockDescription, width: number): Line {
  const shares = splitChannels(Math.max(width, kernels.length), kernels.length, split);
  return kernels.map((kernel, i) => {
    const digit = kernel < 10 ? String(kernel) : 'b';
    return span(digit.repeat(shares[i] ?? 1), roleOfKernel[kernel] ?? 'text');
  });
}

function groupsText({ expandGroups, projectGroups }: BlockDescription): string {
  if (expandGroups === undefined) return '';
  return expandGroups === 1 && projectGroups === 1 ? '-' : `${expandGroups}/${projectGroups}`;
}

/** What a table says of a block; cells of what its kind does not have stay empty. */
function blockCells(block: Architecture['blocks'][number]): (string | Line)[] {
  const shape = describeBlock(block);
  const { split = '', gate = '', seRatio } = shape;
  return [
    shape.split === undefined ? [span(block.op, 'muted')] : mixDrawing(shape, 16),
    kernelText(shape),
    (typeof split === 'string' ? split : split.join(':')) + (shape.align ? `/${shape.align}` : ''),
    gate === 'none' ? '-' : gate,
    `${shape.expansion ?? ''}`,
    groupsText(shape),
    seRatio === 0 ? '-' : String(seRatio ?? ''),
    shape.activation ?? '-',
  ];
}

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
    rows.push([[span(`${i + 1}`, 'accent')], ...blockCells(block), ...end]);
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
  if (head.hidden) {
    const { out, activation } = head.hidden;
    rows.push([[span('hidden', 'muted')], '', '1', '', '', '', '', '', activation, `${out} @ 1`, '']);
  }
  return table(columns, rows, width);
}
