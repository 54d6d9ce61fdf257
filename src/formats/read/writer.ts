/** Writes the layers of a file's network, with a name of its own for each. */
import { printable } from '../../base/index.js';
import type { AnyOp, ForeignOp, Shape } from '../../models/index.js';
import { type Value, imageOf } from './value.js';

/** What an op of each kind has besides its place in the graph. */
export type OpParts<O = AnyOp> = O extends AnyOp
  ? Omit<O, 'id' | 'name' | 'inputs' | 'shape' | 'block'>
  : never;

/** What `foreign` takes; no params, no MACs and known where left out. */
export type ForeignParts = Partial<OpParts<ForeignOp>> & Pick<ForeignOp, 'type' | 'like'>;

const sameImage = (a: Shape, b: Shape) => a.every((size, axis) => size === b[axis]);

export class LayerWriter {
  readonly ops: AnyOp[] = [];
  private readonly names = new Set<string>();

  /** The name, with a number behind it where it is taken. */
  private unique(name: string): string {
    const clean = printable(name).slice(0, 200) || 'op';
    let own = clean;
    for (let n = 2; this.names.has(own); n++) own = `${clean}.${n}`;
    this.names.add(own);
    return own;
  }

  input(name: string, shape: readonly number[], channel: number): Value {
    const value = { shape, channel };
    const id = this.ops.length;
    this.ops.push({ id, name: this.unique(name), inputs: [], shape: imageOf(value), kind: 'input' });
    return { ...value, id };
  }

  /** Appends a layer; what reads constants only is a constant, and no layer. */
  push(name: string, parts: OpParts, from: readonly Value[], result: Value): Value {
    const inputs = from.flatMap(({ id }) => (id === undefined ? [] : [id]));
    if (inputs.length === 0) return { shape: result.shape, channel: result.channel };
    const id = this.ops.length;
    const base = { id, name: this.unique(name), inputs, shape: imageOf(result) };
    this.ops.push({ ...base, ...parts });
    return { shape: result.shape, channel: result.channel, id };
  }

  foreign(name: string, parts: ForeignParts, from: readonly Value[], result: Value): Value {
    return this.push(name, { kind: 'foreign', params: 0, macs: 0, known: true, ...parts }, from, result);
  }

  /** The same numbers in another shape: a layer only where the map of the layer that makes them is another. */
  view(name: string, from: Value, to: Value, type = 'view'): Value {
    const made = from.id === undefined ? undefined : this.ops[from.id];
    if (made === undefined || sameImage(made.shape, imageOf(to))) return { ...to, id: from.id };
    return this.foreign(name, { type, like: 'view' }, [from], to);
  }
}
