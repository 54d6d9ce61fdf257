/** What a front has in common, by depth: a map of its kernel sizes, and traits next to all that was tried. */
import { type Position, type TraitName, traits } from '../../runs/index.js';
import type { Common } from '../model/common.js';
import { counted } from '../model/metrics.js';
import { type Plot, chart, frameOf } from './chart.js';
import { boxes, type Item, path, symbols, texts } from './marks.js';
import { linear } from './scale.js';

const percent = (share: number): string => `${Math.round(share * 100)}`;

/** A map of shares: kernel size (rows) by block (columns). */
interface SizeMap {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  /** What a share is of, as in `20 % of the depthwise channels`. */
  readonly of: string;
  readonly columns: readonly {
    readonly position: string;
    /** Networks that the shares are means over; above the column. */
    readonly networks: number;
    readonly shares: ReadonlyMap<number, number>;
  }[];
  readonly networks: number;
}

/** Kernel size by block: how much of the channels it has on the front. */
export function kernelMap({ front, frontNetworks }: Common): Plot {
  return sizeMap({
    name: 'kernels-by-depth',
    title: 'Kernel sizes by depth, on the front',
    subtitle: 'share of the depthwise channels in percent, mean over the networks that have the block',
    of: 'of the depthwise channels',
    columns: front.map(({ position, networks, kernels }) => ({ position, networks, shares: kernels })),
    networks: frontNetworks,
  });
}

/** Kernel size by block: what the gates give it. Undefined where no gate's weights are known. */
export function gateMap({ front, frontNetworks }: Common): Plot | undefined {
  if (front.every(({ gates }) => gates.networks === 0)) return undefined;
  return sizeMap({
    name: 'gates-by-depth',
    title: 'Gate weights by depth, on the front',
    subtitle: 'mean weight over validation images in percent, over the networks with a gate in the block',
    of: 'of the gate’s weight',
    columns: front.map(({ position, gates: { networks, weights } }) => ({
      position,
      networks,
      shares: weights,
    })),
    networks: frontNetworks,
  });
}

function sizeMap({ name, title, subtitle, of, columns, networks: all }: SizeMap): Plot {
  const sizes = [...new Set(columns.flatMap(({ shares }) => [...shares.keys()]))].sort((a, b) => b - a);
  const frame = frameOf(760, 150 + sizes.length * 40, { top: 92, left: 92, bottom: 58 });
  const [w, h] = [frame.width / columns.length, frame.height / sizes.length];
  const cells = columns.flatMap(({ position, shares, networks }, column) =>
    (networks === 0 ? [] : sizes).map((size) => {
      const share = shares.get(size) ?? 0;
      const [x, y] = [column * w, sizes.indexOf(size) * h];
      const tip = `Block ${position}, ${size}x${size}; ${percent(share)} % ${of}; mean of ${networks} of ${all} networks`;
      return { x: x + 1, y: y + 1, x2: x + w - 1, y2: y + h - 1, share, tip };
    }),
  );
  const middle = ({ x, y, x2, y2 }: (typeof cells)[number]) => ({ x: (x + x2) / 2, y: (y + y2) / 2 });
  const label = (cell: (typeof cells)[number]): Item => ({ ...middle(cell), text: percent(cell.share) });
  return chart({
    name,
    title,
    subtitle: [subtitle],
    description: `Rows are kernel sizes, columns blocks from input to output. ${columns
      .filter(({ networks }) => networks > 0)
      .map(
        ({ position, shares }) =>
          `Block ${position}: ${[...shares].map(([size, share]) => `${size}x${size} ${percent(share)} %`).join(', ')}.`,
      )
      .join(' ')}`,
    frame,
    marks: [
      boxes(
        cells.map(({ x, y, x2, y2 }) => ({ x, y, x2, y2 })),
        { role: 'grid' },
      ),
      boxes(
        cells.map(({ share, ...cell }) => ({ ...cell, opacity: share })),
        { role: 'front', label: `shares ${of}` },
      ),
      texts(cells.filter(({ share }) => share > 0 && share <= 0.7).map(label), {
        role: 'ink',
        align: 'center',
      }),
      texts(cells.filter(({ share }) => share > 0.7).map(label), {
        role: 'paper',
        align: 'center',
        weight: 600,
      }),
      texts(
        sizes.map((size, row) => ({ x: -12, y: (row + 0.5) * h, text: `${size}x${size}` })),
        { role: 'muted', align: 'right' },
      ),
      texts(
        columns.map(({ position }, column) => ({
          x: (column + 0.5) * w,
          y: frame.height + 14,
          text: position,
        })),
        { align: 'center' },
      ),
      texts(
        columns.map(({ networks }, column) => ({
          x: (column + 0.5) * w,
          y: -12,
          text: `${networks}/${all}`,
        })),
        { role: 'muted', align: 'center', size: 10 },
      ),
      texts([{ x: -12, y: -12, text: 'networks' }], { role: 'muted', align: 'right', size: 10 }),
      texts(
        [{ x: frame.width / 2, y: frame.height + 38, text: 'Block (stage.place), from input to output' }],
        { align: 'center' },
      ),
    ],
  });
}

/** Whether a trait differs at all among the networks: else there is nothing to draw. */
export function varies(common: Common, trait: TraitName): boolean {
  const values = [...common.front, ...common.tried].map((position) => position.traits[trait]);
  return Math.max(...values) - Math.min(...values) > 1e-6;
}

/** Parts of a line that lie in neighbouring columns: none across a column that is not there. */
function runsOf<T extends { readonly x: number }>(items: readonly T[], step: number): T[][] {
  const runs: T[][] = [];
  for (const [i, item] of items.entries()) {
    const before = items[i - 1];
    if (before && item.x - before.x < step * 1.5) runs.at(-1)?.push(item);
    else runs.push([item]);
  }
  return runs;
}

/** A trait by block: the front's mean next to that of all trials. */
export function traitPlot(common: Common, trait: TraitName): Plot {
  const { title, unit } = traits[trait];
  const factor = unit === '%' ? 100 : 1;
  const frame = frameOf(560, 290, { top: 66, right: 78, left: 52 });
  const { front, tried } = common;
  const columns = tried.length >= front.length ? tried : front;
  const most = Math.max(...[...front, ...tried].map((position) => position.traits[trait])) * factor;
  const y = linear([0, most * 1.15 || 1], frame.height, true);
  const step = frame.width / columns.length;
  const place = (position: string) =>
    (columns.findIndex((column) => column.position === position) + 0.5) * step;
  const show = (value: number) => `${(value * factor).toFixed(unit === '%' ? 0 : 2)}${unit && ` ${unit}`}`;
  const itemsOf = (positions: readonly Position[], who: string) =>
    positions.map((position) => ({
      x: place(position.position),
      y: y.pixel(position.traits[trait] * factor),
      tip: `Block ${position.position}, ${who}; ${title.toLowerCase()} ${show(position.traits[trait])}; mean of ${counted(position.networks, 'network')}`,
    }));
  const [own, all] = [itemsOf(front, 'front'), itemsOf(tried, 'all trials')];
  const [ownEnd, allEnd] = [own.at(-1)?.y ?? 0, all.at(-1)?.y ?? 0];
  const apart = Math.max(0, 14 - Math.abs(ownEnd - allEnd)) / 2;
  const sign = ownEnd <= allEnd ? -1 : 1;
  return chart({
    name: `${trait.toLowerCase()}-by-depth`,
    title: `${title} by depth`,
    subtitle: [
      unit === '%' || unit === ''
        ? 'mean by block, front and all trials'
        : `${unit}, mean by block, front and all trials`,
    ],
    description: `Front: ${front.map((p) => `${p.position} ${show(p.traits[trait])}`).join(', ')}. All trials: ${tried.map((p) => `${p.position} ${show(p.traits[trait])}`).join(', ')}.`,
    frame,
    y: { scale: y, title: unit === '%' ? 'Share (%)' : '', ticks: 4 },
    marks: [
      ...runsOf(all, step).map((items) => path(items, { role: 'faint', strokeWidth: 1.5, dash: [4, 3] })),
      symbols(
        all.map((item) => ({ ...item, shape: 'square' as const })),
        { role: 'faint', hollow: true, size: 36, label: 'all trials' },
      ),
      ...runsOf(own, step).map((items) => path(items, { role: 'front', strokeWidth: 2 })),
      symbols(own, { role: 'front', size: 44, label: 'front' }),
      texts([{ x: frame.width + 6, y: ownEnd + sign * apart, text: 'front' }], {
        role: 'front',
        weight: 600,
      }),
      texts([{ x: frame.width + 6, y: allEnd - sign * apart, text: 'all trials' }], { role: 'muted' }),
      texts(
        columns.map(({ position }) => ({ x: place(position), y: frame.height + 14, text: position })),
        { role: 'muted', align: 'center', size: 10 },
      ),
      texts([{ x: frame.width / 2, y: frame.height + 36, text: 'Block (stage.place)' }], { align: 'center' }),
    ],
  });
}
