/**
 * The code of a subnet: one vector of integers that is fed at every run and says how wide, deep and large
 * everything is. The recorded graph reads shapes and choices out of it, so that one graph runs every
 * architecture of a space at the cost of that architecture.
 */
import { InternalError } from '../../base/index.js';
import { type GraphWriter, type Ref, attr } from '../network/native/graph-writer.js';

const int32 = { T: attr.type('int32') };

/** An entry of a vector: a number, or the name of a quantity that differs from subnet to subnet. */
export type Item = number | string;

/** What a subnet is, by the names that the graph was recorded with. */
export interface SubnetValues {
  readonly quantities: ReadonlyMap<string, number>;
  /** Lists of varying length: their length is a quantity too. */
  readonly lists: ReadonlyMap<string, Int32Array>;
}

/** Lays the vector out while the graph is recorded. */
export class CodeLayout {
  readonly #vectors: { readonly at: number; readonly items: readonly Item[] }[] = [];
  readonly #lists: { readonly name: string; readonly at: number; readonly room: number }[] = [];
  readonly #refs = new Map<string, Ref>();
  readonly #input: Ref;
  #size = 0;

  constructor(readonly g: GraphWriter) {
    this.#input = g.placeholder('code', 'int32', [-1]);
  }

  /** The int32 vector of these items. */
  vector(items: readonly Item[]): Ref {
    const key = JSON.stringify(items);
    let ref = this.#refs.get(key);
    if (ref === undefined) {
      const constant = items.every((item) => typeof item === 'number');
      ref = constant ? this.g.ints(items) : this.#read(this.#place(items), items.length);
      this.#refs.set(key, ref);
    }
    return ref;
  }

  /** The int32 scalar of a quantity. */
  scalar(name: string): Ref {
    const key = `scalar ${name}`;
    const ref = this.#refs.get(key) ?? this.g.op('Reshape', [this.vector([name]), this.g.ints([])], shaped);
    this.#refs.set(key, ref);
    return ref;
  }

  /** Whether a quantity is above zero: the predicate of a branch. */
  flag(name: string): Ref {
    const key = `flag ${name}`;
    const ref = this.#refs.get(key) ?? this.g.op('Greater', [this.scalar(name), this.g.int(0)], int32);
    this.#refs.set(key, ref);
    return ref;
  }

  /** A list of as many integers as the quantity `length` says, at most `room`. */
  list(name: string, length: string, room: number): Ref {
    const at = this.#size;
    this.#lists.push({ name, at, room });
    this.#size += room;
    return this.g.op('Slice', [this.#input, this.g.ints([at]), this.vector([length])], {
      ...int32,
      Index: attr.type('int32'),
    });
  }

  /** The vector to feed for a subnet. */
  encode({ quantities, lists }: SubnetValues): Int32Array {
    const code = new Int32Array(this.#size);
    for (const { at, items } of this.#vectors) {
      items.forEach((item, i) => {
        const value = typeof item === 'number' ? item : quantities.get(item);
        if (value === undefined) throw new InternalError(`a subnet does not say ${item}`);
        code[at + i] = value;
      });
    }
    for (const { name, at, room } of this.#lists) {
      const list = lists.get(name);
      if (!list || list.length > room) throw new InternalError(`a subnet's list ${name} does not fit`);
      code.set(list, at);
    }
    return code;
  }

  #place(items: readonly Item[]): number {
    const at = this.#size;
    this.#vectors.push({ at, items });
    this.#size += items.length;
    return at;
  }

  #read(at: number, length: number): Ref {
    const inputs = [this.#input, this.g.ints([at]), this.g.ints([length])];
    return this.g.op('Slice', inputs, { ...int32, Index: attr.type('int32') });
  }
}

const shaped = { ...int32, Tshape: attr.type('int32') };
