/**
 * Mixed blocks by their parts. Blocks rarely repeat, but their parts do: an expansion, a mixed convolution, a
 * squeeze-and-excitation or a projection of given sizes is found in thousands of architectures. Each part has a number, by
 * which whoever prices or counts remembers what it takes, and the number is found once for all of them.
 */
import type { Activation, Block, MixBlock } from './blocks/index.js';
import { activations, groupSizes, squeezedChannels } from './blocks/index.js';
import type { LayerGraph } from './graph.js';
import { lowerAlone } from './lower.js';

/**
 * Where a part stands in the list of a block's parts. The mixed convolution is `join`, what follows its groups, and from
 * `groups` on the slice and the depthwise convolution of each group.
 */
export const slots = { expand: 0, join: 1, gate: 2, se: 3, project: 4, groups: 5 } as const;

/** The number of each part of a block, by its slot; -1 where the block has none. */
export type PartNumbers = Int32Array;

/** The graph of a block alone, with the slot of each op; -1 of what is not the block's. */
export interface Lesson {
  readonly graph: LayerGraph;
  readonly slots: Int16Array;
}

/** The slot of a layer by its name: `blocks.3.se.mean` is of `se`; batch norm goes with what it follows. */
function slotOf(layer: string): number {
  const at = layer.indexOf('.', layer.indexOf('.') + 1) + 1;
  if (layer.startsWith('se.', at)) return slots.se;
  if (layer.startsWith('expand', at)) return slots.expand;
  if (layer.startsWith('gate', at)) return slots.gate;
  if (layer.startsWith('project', at) || layer.startsWith('add', at)) return slots.project;
  const group = /^(?:split|depthwise)\.(\d+)$/.exec(layer.slice(at))?.[1];
  return group === undefined ? slots.join : slots.groups + Number(group);
}

function lessonOf(block: Block, size: number, channels: number): Lesson {
  const graph = lowerAlone(block, size, channels);
  return {
    graph,
    slots: Int16Array.from(graph.ops, (op) => (op.block === undefined ? -1 : slotOf(op.name))),
  };
}

/** The block as it is: for all of its parts but the mixed convolution. */
export function wholeLesson(block: Block, size: number, channels: number): Lesson {
  return lessonOf(block, size, channels);
}

/** Its mixed convolution alone, as a block of nothing else. */
export function mixLesson(block: MixBlock, size: number, channels: number): Lesson {
  const { expansion, ...rest } = block;
  const alone = { ...rest, expansion: 1, seRatio: 0, gate: 'none', out: 1, projectGroups: 1 } as const;
  return lessonOf(alone, size, Math.round(channels * expansion));
}

/** Mixed convolutions that differ in their input only, and the numbers of their parts by that input. */
interface Mix {
  readonly block: MixBlock;
  readonly number: number;
  /** `join`, then the groups. */
  readonly parts: Map<number, readonly number[]>;
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
    a.gateThreshold === b.gateThreshold &&
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

type Numbers = Map<number, number>;

function inner(maps: Map<number, Numbers>, key: number): Numbers {
  let map = maps.get(key);
  if (map === undefined) maps.set(key, (map = new Map()));
  return map;
}

/** Two numbers below 2^14 as one small integer, which maps find fastest. */
const pair = (a: number, b: number) => a * 16_384 + b;
/** A map for each of a few choices and each size below 2^16. */
const choice = (which: number, size: number) => which * 65_536 + size;

/** Numbers the parts of blocks: equal parts have equal numbers. */
export class PartIndex {
  readonly #expansions = new Map<number, Numbers>();
  readonly #projections = new Map<number, Numbers>();
  readonly #squeezes = new Map<number, Numbers>();
  readonly #gates = new Map<number, Numbers>();
  readonly #groups = new Map<number, Numbers>();
  readonly #joins = new Map<number, Numbers>();
  readonly #mixes = new Map<number, Mix>();
  #mixCount = 0;
  #count = 0;

  /** @returns undefined where the channels do not even feed the groups: lowering says what is wrong. */
  of(block: MixBlock, size: number, channels: number): PartNumbers | undefined {
    const { kernels, out, stride } = block;
    const expanded = Math.round(channels * block.expansion);
    if (expanded < kernels.length) return undefined;
    const after = Math.ceil(size / stride);
    const act = activationIndex.get(block.activation) as number;
    const numbers = new Int32Array(slots.groups + kernels.length).fill(-1);
    if (block.expansion !== 1) {
      const expansions = inner(this.#expansions, choice(block.expandGroups * 8 + act, size));
      numbers[slots.expand] = this.#number(expansions, pair(channels, expanded));
    }
    const mix = this.#mixOf(block);
    const key = choice(expanded, size);
    let parts = mix.parts.get(key);
    if (parts === undefined) mix.parts.set(key, (parts = this.#mixParts(block, size, expanded, after, act)));
    numbers[slots.join] = parts[0] as number;
    for (let i = 1; i < parts.length; i++) numbers[slots.groups + i - 1] = parts[i] as number;
    if (block.gate !== 'none') {
      numbers[slots.gate] = this.#number(
        inner(this.#gates, choice(mix.number, size)),
        pair(channels, expanded),
      );
    }
    if (block.seRatio !== 0) {
      const style = block.seStyle === 'mobilenet-v3' ? 1 : 0;
      const squeezed = squeezedChannels(block, channels) * 2 + style;
      const squeezes = inner(this.#squeezes, choice(squeezed * 16 + act, after));
      numbers[slots.se] = this.#number(squeezes, pair(channels, expanded));
    }
    const residual = stride === 1 && out === channels ? 1 : 0;
    const projections = inner(this.#projections, choice(block.projectGroups * 2 + residual, after));
    numbers[slots.project] = this.#number(projections, pair(expanded, out));
    return numbers;
  }

  #number(numbers: Numbers, key: number): number {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = this.#count++));
    return number;
  }

  #mixOf(block: MixBlock): Mix {
    const hash = mixHash(block);
    const first = this.#mixes.get(hash);
    let mix = first;
    while (mix && !sameMix(mix.block, block)) mix = mix.next;
    if (mix === undefined) {
      mix = { block, number: this.#mixCount++, parts: new Map(), next: first };
      this.#mixes.set(hash, mix);
    }
    return mix;
  }

  #mixParts(block: MixBlock, size: number, expanded: number, after: number, act: number): number[] {
    const { kernels, dilations, stride } = block;
    const numbers = [this.#number(inner(this.#joins, choice(kernels.length * 16 + act, after)), expanded)];
    const several = kernels.length > 1;
    const sizes = several ? groupSizes(expanded, kernels.length, block) : [expanded];
    for (let i = 0; i < kernels.length; i++) {
      const window = (kernels[i] as number) * 64 + (dilations?.[i] ?? 1);
      const groups = inner(this.#groups, choice((window * 16 + stride) * 2 + (several ? 1 : 0), size));
      numbers.push(this.#number(groups, sizes[i] as number));
    }
    return numbers;
  }
}
