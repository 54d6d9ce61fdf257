/** Gradients on their way back: what each op's consumers say about its output, and their sum. */
import type { LayerGraph } from '../../../models/index.js';
import { type GraphWriter, type Ref, T, attr } from './graph-writer.js';

/** One consumer's gradient by an op's output. */
type Part =
  | { readonly kind: 'full'; readonly ref: Ref }
  /** `[batch, 1, 1, C]`: the same for every pixel. */
  | { readonly kind: 'pooled'; readonly ref: Ref }
  /** Of the channels from `begin` on. */
  | { readonly kind: 'slice'; readonly ref: Ref; readonly begin: number; readonly size: number };

/** Collects the gradients of activations (by op id) and of variables (by name). */
export class Gradients {
  readonly variables = new Map<string, Ref>();
  readonly #parts = new Map<number, Part[]>();

  constructor(
    readonly graph: LayerGraph,
    readonly writer: GraphWriter,
  ) {}

  /** Whether anything wants the gradient by op `id`: the images need none. */
  wanted(id: number): boolean {
    return this.graph.ops[id]?.kind !== 'input';
  }

  add(id: number, part: Part): void {
    if (!this.wanted(id)) return;
    const parts = this.#parts.get(id);
    if (parts) parts.push(part);
    else this.#parts.set(id, [part]);
  }

  /** The sum of what was added for op `id`, whose output is `output`; undefined when nothing was. */
  total(id: number, output: Ref): Ref | undefined {
    const parts = this.#parts.get(id);
    if (!parts) return undefined;
    const g = this.writer;
    const full = parts.filter((part) => part.kind === 'full').map((part) => part.ref);
    full.push(...this.#slices(id, parts));
    const pooled = parts.filter((part) => part.kind === 'pooled').map((part) => part.ref);
    if (full.length === 0) full.push(g.op('BroadcastTo', [pooled.pop() as Ref, shapeOf(g, output)]));
    return [...full, ...pooled].reduce((sum, ref) => g.op('AddV2', [sum, ref]));
  }

  /** Slices as full gradients: joined where they make up the whole, else each padded with zeros. */
  #slices(id: number, parts: readonly Part[]): Ref[] {
    const slices = parts.filter((part) => part.kind === 'slice').toSorted((a, b) => a.begin - b.begin);
    const channels = this.graph.ops[id]?.shape[2] ?? 0;
    let end = 0;
    const partition = slices.every(({ begin, size }) => {
      const follows = begin === end;
      end = begin + size;
      return follows;
    });
    if (slices.length === 0) return [];
    if (partition && end === channels)
      return [
        concat(
          this.writer,
          slices.map(({ ref }) => ref),
        ),
      ];
    return slices.map(({ ref, begin, size }) => {
      const around = [0, 0, 0, 0, 0, 0, begin, channels - begin - size];
      const paddings = this.writer.constant(Int32Array.from(around), [4, 2]);
      return this.writer.op('Pad', [ref, paddings]);
    });
  }
}

/** The run-time shape of a tensor. */
export function shapeOf(g: GraphWriter, ref: Ref): Ref {
  return g.op('Shape', [ref]);
}

/** Joins NHWC tensors along the channels. */
export function concat(g: GraphWriter, refs: readonly Ref[]): Ref {
  return g.op('ConcatV2', [...refs, g.int(3)], { ...T, N: attr.int(refs.length) });
}

/** Channels `begin` to `begin + size` of an NHWC tensor. */
export function sliceChannels(g: GraphWriter, ref: Ref, begin: number, size: number): Ref {
  const attributes = { ...T, Index: attr.type('int32') };
  return g.op('Slice', [ref, g.ints([0, 0, 0, begin]), g.ints([-1, -1, -1, size])], attributes);
}

/** Sum over some axes. */
export function sum(g: GraphWriter, ref: Ref, axes: readonly number[], keep: boolean): Ref {
  return g.op('Sum', [ref, g.ints(axes)], { ...T, keep_dims: attr.bool(keep) });
}

/** Mean over some axes. */
export function mean(g: GraphWriter, ref: Ref, axes: readonly number[], keep: boolean): Ref {
  return g.op('Mean', [ref, g.ints(axes)], { ...T, keep_dims: attr.bool(keep) });
}
