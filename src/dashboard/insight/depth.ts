/** Which kernels networks use at which depth: the front next to what was tried. */
import { lower } from '../../models/index.js';
import { type Position, blocksOf, positionsOf } from '../../runs/index.js';
import { type Block, type Line, type Role, fit, span } from '../draw/block.js';
import { architectureOf } from '../model/candidate.js';
import type { RunModel } from '../model/run-model.js';
import { roleOfKernel } from '../screens/architecture.js';

/** Networks that a mean is taken over, spread evenly: lowering one takes most of a millisecond. */
const most = 40;

function means(model: RunModel, rows: readonly number[]): Position[] {
  const step = Math.max(1, rows.length / most);
  const picked = Array.from(
    { length: Math.min(rows.length, most) },
    (_, i) => rows[Math.floor(i * step)] as number,
  );
  return positionsOf(
    picked.map((row) => {
      const architecture = architectureOf(model, row);
      return blocksOf(architecture, lower(architecture));
    }),
  );
}

function both(model: RunModel): { readonly front: Position[]; readonly tried: Map<string, Position> } {
  return model.memo('depth', () => {
    const done = Array.from({ length: model.table.count }, (_, row) => row).filter(
      (row) => model.table.stateOf(row) === 'complete',
    );
    return {
      front: means(model, model.table.front()),
      tried: new Map(means(model, done).map((position) => [position.position, position])),
    };
  });
}

const roleOf = (kernel: number): Role => roleOfKernel[kernel] ?? 'text';

/** The kernels of a position to scale, each character the size of its kernel. */
function shares({ kernels }: Position, width: number): Line {
  let used = 0;
  const parts = [...kernels].flatMap(([kernel, share], i, all) => {
    const size = i === all.length - 1 ? width - used : Math.min(width - used, Math.round(share * width));
    used += size;
    return size > 0 ? [span((kernel < 10 ? String(kernel) : 'b').repeat(size), roleOf(kernel))] : [];
  });
  return fit(parts, width);
}

/** A row for each position of a block: its kernels on the front and among all, and what else it has. */
export function depthBlock(model: RunModel, width: number): Block {
  const { front, tried } = both(model);
  if (front.length === 0) return [[span('No trial is on the front yet.', 'muted')]];
  const label = 8;
  const hasMore = width >= 100;
  const more = hasMore ? 36 : 0;
  const each = Math.floor((width - label - more - 2) / 2);
  const head: Line = [
    ...fit([span('block', 'muted', { bold: true })], label),
    ...fit([span('on the front', 'front', { bold: true })], each + 1),
    ...fit([span('among all', 'muted', { bold: true })], each + 1),
    ...(hasMore ? [span('  mix  expand    SE  dilated  gated', 'muted', { bold: true })] : []),
  ];
  return [
    [span('channels by kernel size and depth', 'accent', { bold: true })],
    [
      span(
        '3 3x3, 5 5x5, ...: each character is a share; 2.1 is the first block of the second stage',
        'muted',
      ),
    ],
    head,
    ...front.map((position): Line => {
      const other = tried.get(position.position);
      const { groups, expansion, seRatio, dilated, gated } = position.traits;
      return [
        ...fit([span(position.position)], label),
        ...shares(position, each),
        span(' '),
        ...(other ? shares(other, each) : fit([], each)),
        span(' '),
        ...(hasMore
          ? [
              span(
                `${groups.toFixed(1).padStart(5)}${expansion.toFixed(1).padStart(8)}${seRatio.toFixed(2).padStart(6)}${`${(100 * dilated).toFixed(0)} %`.padStart(9)}${`${(100 * gated).toFixed(0)} %`.padStart(7)}`,
                'muted',
              ),
            ]
          : []),
      ];
    }),
  ];
}
