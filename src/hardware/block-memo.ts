/**
 * The fast path for searches. Blocks rarely repeat, but their parts do: an expansion, a mixed convolution, a
 * squeeze-and-excitation or a projection of given sizes is found in thousands of architectures. Kernels are
 * never merged across the border of two parts, so what the parts take adds up.
 */
import type { Activation, MixBlock } from '../models/index.js';
import { activations } from '../models/index.js';

/** What a part of a network keeps the device busy for, plain and times the factors of its classes. */
export interface Busy {
  sumUs: number;
  scaledUs: number;
}

/** The parts of a block, in the order of execution; absent ones take nothing. */
export const blockParts = ['expand', 'mix', 'gate', 'se', 'project'] as const;
export type BlockPart = (typeof blockParts)[number];
export type BusyParts = Readonly<Record<BlockPart, Busy>>;

/** The part of a layer by its name: `blocks.3.se.mean` is of `se`; batch norm goes with what it follows. */
export function partOf(layer: string): BlockPart {
  const name = layer.split('.')[2];
  return name === 'expand' || name === 'gate' || name === 'se'
    ? name
    : name === 'project' || name === 'add'
      ? 'project'
      : 'mix';
}

/** Mixed convolutions that differ in their input only, and what they took by that input. */
interface Mix {
  readonly block: MixBlock;
  readonly mixed: Map<number, Busy>;
  readonly gated: Map<number, Busy>;
  /** Another mix with the same hash. */
  readonly next: Mix | undefined;
}

const none: readonly number[] = [];

function sameList(a: readonly number[] | string, b: readonly number[] | string): boolean {
  if (a === b) return true;
  if (typeof a === 'string' || typeof b === 'string' || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function sameMix(a: MixBlock, b: MixBlock): boolean {
  return (
    a.stride === b.stride &&
    a.activation === b.activation &&
    a.gate === b.gate &&
    sameList(a.split, b.split) &&
    sameList(a.kernels, b.kernels) &&
    sameList(a.dilations ?? none, b.dilations ?? none)
  );
}

function mixHash({ stride, gate, split, kernels, dilations }: MixBlock): number {
  let hash = stride * 8 + gate.length;
  hash = hash * 16 + (typeof split === 'string' ? split.length : 1);
  for (let i = 0; i < kernels.length; i++) hash = (Math.imul(hash, 31) + (kernels[i] as number)) | 0;
  if (dilations)
    for (let i = 0; i < dilations.length; i++) hash = (Math.imul(hash, 37) + (dilations[i] as number)) | 0;
  return hash;
}

const activationIndex = new Map<Activation, number>(activations.map((name, i) => [name, i]));

function inner<K, V>(maps: Map<K, Map<number, V>>, key: K): Map<number, V> {
  let map = maps.get(key);
  if (map === undefined) maps.set(key, (map = new Map()));
  return map;
}

/** Numbers below 2^16, 2^14 and 2^14 (or 2^8) as one exact key. */
const shapeKey = (size: number, a: number, b: number) => (size * 16_384 + a) * 16_384 + b;

/** Remembers the parts of blocks for one predictor. */
export interface BlockMemo {
  /** Adds what a block takes to `total`. @param learn is asked when a part is not known yet. */
  addTo(total: Busy, block: MixBlock, size: number, channels: number, learn: () => BusyParts): void;
}

export function createBlockMemo(): BlockMemo {
  const expansions = new Map<number, Map<number, Busy>>();
  const projections = new Map<number, Map<number, Busy>>();
  const squeezes = new Map<number, Map<number, Busy>>();
  const mixes = new Map<number, Mix>();

  function mixOf(block: MixBlock): Mix {
    const hash = mixHash(block);
    const first = mixes.get(hash);
    let mix = first;
    while (mix && !sameMix(mix.block, block)) mix = mix.next;
    if (mix === undefined)
      mixes.set(hash, (mix = { block, mixed: new Map(), gated: new Map(), next: first }));
    return mix;
  }

  return {
    addTo(total, block, size, channels, learn) {
      const expanded = Math.round(channels * block.expansion);
      const after = Math.ceil(size / block.stride);
      const act = activationIndex.get(block.activation) as number;
      let parts: BusyParts | undefined;
      const add = (map: Map<number, Busy>, key: number, part: BlockPart) => {
        let busy = map.get(key);
        if (busy === undefined) {
          parts ??= learn();
          map.set(key, (busy = parts[part]));
        }
        total.sumUs += busy.sumUs;
        total.scaledUs += busy.scaledUs;
      };
      if (block.expansion !== 1)
        add(inner(expansions, block.expandGroups * 8 + act), shapeKey(size, channels, expanded), 'expand');
      const mix = mixOf(block);
      add(mix.mixed, shapeKey(size, expanded, 0), 'mix');
      if (block.gate !== 'none') add(mix.gated, shapeKey(size, channels, expanded), 'gate');
      if (block.seRatio !== 0)
        add(inner(squeezes, act * 2 + block.seRatio), shapeKey(after, channels, expanded), 'se');
      const residual = block.stride === 1 && block.out === channels ? 1 : 0;
      add(
        inner(projections, block.projectGroups * 2 + residual),
        shapeKey(after, expanded, block.out),
        'project',
      );
    },
  };
}
