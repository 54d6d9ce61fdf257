/**
 * The fast path for searches. Blocks rarely repeat, but their parts do: an expansion, a mixed convolution, a
 * squeeze-and-excitation or a projection of given sizes is found in thousands of architectures. Device kernels are
 * never merged across the border of two parts, so what the parts take adds up.
 */
import type { Activation, MixBlock } from '../../models/index.js';
import { activations, groupSizes, squeezedChannels } from '../../models/index.js';

/** What a part of a network keeps the device busy for, plain and times the factors of its classes. */
export interface Busy {
  sumUs: number;
  scaledUs: number;
}

/**
 * The parts of a block; absent ones take nothing. `groups` are the slices and depthwise device kernels of a mixed
 * convolution, `join` what follows them.
 */
export const blockParts = ['expand', 'groups', 'join', 'gate', 'se', 'project'] as const;
export type BlockPart = (typeof blockParts)[number];

/** What a block takes, and how `groups` divides among the groups of channels. */
export interface BlockBusy {
  readonly parts: Readonly<Record<BlockPart, Busy>>;
  readonly groups: readonly Busy[];
}

/** Where the part of a layer's name begins: `blocks.3.se.mean` is of `se`. */
function partAt(layer: string): number {
  return layer.indexOf('.', layer.indexOf('.') + 1) + 1;
}

/** The part of a layer by its name; batch norm goes with what it follows. */
export function partOf(layer: string): BlockPart {
  const at = partAt(layer);
  if (layer.startsWith('se.', at)) return 'se';
  if (layer.startsWith('expand', at)) return 'expand';
  if (layer.startsWith('gate', at)) return 'gate';
  if (layer.startsWith('project', at) || layer.startsWith('add', at)) return 'project';
  return groupOf(layer) === undefined ? 'join' : 'groups';
}

/** The group of channels that a layer is of: 1 for `blocks.3.split.1` and `blocks.3.depthwise.1`. */
export function groupOf(layer: string): number | undefined {
  const group = /^(?:split|depthwise)\.(\d+)$/.exec(layer.slice(partAt(layer)))?.[1];
  return group === undefined ? undefined : Number(group);
}

/** Mixed convolutions that differ in their input only, and what they took by that input. */
interface Mix {
  readonly block: MixBlock;
  readonly mixed: Memo;
  readonly gated: Map<number, Memo>;
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
    a.align === b.align &&
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

type Memo = Map<number, Busy>;

function inner(maps: Map<number, Memo>, key: number): Memo {
  let map = maps.get(key);
  if (map === undefined) maps.set(key, (map = new Map()));
  return map;
}

/** Two numbers below 2^14 as one small integer, which maps find fastest. */
const pair = (a: number, b: number) => a * 16_384 + b;
/** A map for each of a few choices and each size below 2^16. */
const choice = (which: number, size: number) => which * 65_536 + size;

/**
 * Remembers the parts of blocks for one predictor.
 * @param learn is asked when a part of a block is not known yet.
 * @returns what a block takes.
 */
export function createBlockMemo(
  learn: (block: MixBlock, size: number, channels: number) => BlockBusy,
): (block: MixBlock, size: number, channels: number) => Busy {
  const expansions = new Map<number, Memo>();
  const projections = new Map<number, Memo>();
  const squeezes = new Map<number, Memo>();
  const mixes = new Map<number, Mix>();
  const groups = new Map<number, Memo>();
  const joins = new Map<number, Memo>();
  /** The block that is being added; its parts, once they had to be learnt. */
  let current: MixBlock | undefined;
  let currentSize = 0;
  let currentChannels = 0;
  let learnt: BlockBusy | undefined;
  let sumUs = 0;
  let scaledUs = 0;

  function mixOf(block: MixBlock): Mix {
    const hash = mixHash(block);
    const first = mixes.get(hash);
    let mix = first;
    while (mix && !sameMix(mix.block, block)) mix = mix.next;
    if (mix === undefined)
      mixes.set(hash, (mix = { block, mixed: new Map(), gated: new Map(), next: first }));
    return mix;
  }

  function add(map: Memo, key: number, part: BlockPart): void {
    let busy = map.get(key);
    if (busy === undefined) {
      learnt ??= learn(current as MixBlock, currentSize, currentChannels);
      map.set(key, (busy = learnt.parts[part]));
    }
    sumUs += busy.sumUs;
    scaledUs += busy.scaledUs;
  }

  /**
   * A mixed convolution from its groups: of those there are few, of ways to combine them very many. What is not
   * known is learnt from the convolution alone, as a block of nothing else.
   */
  function composeMix(block: MixBlock, size: number, expanded: number): Busy {
    const { kernels, dilations, stride } = block;
    let bare: BlockBusy | undefined;
    const learnBare = () => {
      const { expansion: _, ...rest } = block;
      const alone = { ...rest, expansion: 1, seRatio: 0, gate: 'none', out: 1, projectGroups: 1 } as const;
      return (bare ??= learn(alone, size, expanded));
    };
    const act = activationIndex.get(block.activation) as number;
    const after = Math.ceil(size / stride);
    const join = inner(joins, choice(kernels.length * 16 + act, after));
    let rest = join.get(expanded);
    // Asked first: it refuses fewer channels than groups.
    if (rest === undefined) join.set(expanded, (rest = learnBare().parts.join));
    const busy = { ...rest };
    const several = kernels.length > 1;
    const sizes = several ? groupSizes(expanded, kernels.length, block) : [expanded];
    for (let i = 0; i < kernels.length; i++) {
      const window = (kernels[i] as number) * 64 + (dilations?.[i] ?? 1);
      const memo = inner(groups, choice((window * 16 + stride) * 2 + (several ? 1 : 0), size));
      let group = memo.get(sizes[i] as number);
      if (group === undefined) memo.set(sizes[i] as number, (group = learnBare().groups[i] as Busy));
      busy.sumUs += group.sumUs;
      busy.scaledUs += group.scaledUs;
    }
    return busy;
  }

  function addMix({ mixed }: Mix, block: MixBlock, size: number, expanded: number): void {
    const key = choice(expanded, size);
    let busy = mixed.get(key);
    if (busy === undefined) mixed.set(key, (busy = composeMix(block, size, expanded)));
    sumUs += busy.sumUs;
    scaledUs += busy.scaledUs;
  }

  return (block, size, channels) => {
    const expanded = Math.round(channels * block.expansion);
    const after = Math.ceil(size / block.stride);
    const act = activationIndex.get(block.activation) as number;
    current = block;
    currentSize = size;
    currentChannels = channels;
    learnt = undefined;
    sumUs = 0;
    scaledUs = 0;
    if (block.expansion !== 1) {
      const expand = inner(expansions, choice(block.expandGroups * 8 + act, size));
      add(expand, pair(channels, expanded), 'expand');
    }
    const mix = mixOf(block);
    addMix(mix, block, size, expanded);
    if (block.gate !== 'none') add(inner(mix.gated, size), pair(channels, expanded), 'gate');
    if (block.seRatio !== 0) {
      const style = block.seStyle === 'mobilenet-v3' ? 1 : 0;
      const squeezed = squeezedChannels(block, channels) * 2 + style;
      add(inner(squeezes, choice(squeezed * 16 + act, after)), pair(channels, expanded), 'se');
    }
    const residual = block.stride === 1 && block.out === channels ? 1 : 0;
    const project = inner(projections, choice(block.projectGroups * 2 + residual, after));
    add(project, pair(expanded, block.out), 'project');
    return { sumUs, scaledUs };
  };
}
