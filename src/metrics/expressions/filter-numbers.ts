/** The numbers of a filter: quantities, units, arithmetic and functions, with their dimensions. */
import { type FilterNode, filterUnit } from './filter-parse.js';
import { filterFunctions, functions, ofPlainNumbers } from './filter-functions.js';
import { filterFault } from './filter-tokens.js';
import { type FilterVocabulary, filterNames } from './filter-words.js';
import {
  type Dimension,
  dimensionOfFamily,
  dimensionText,
  isFamily,
  metricOfDevice,
  metricOfSymbol,
  plain,
  sameDimension,
  timeDimension,
} from './quantities.js';

/** A number of a trial. */
export interface Numeric<T> {
  readonly type: 'number';
  readonly dimension: Dimension;
  /** The value of what reads no trial. */
  readonly constant?: number | undefined;
  /** A device by its bare name: compared with a number it is in milliseconds. */
  readonly bare?: boolean;
  readonly get: (trial: T) => number;
}

/** What a node is that is a condition. */
type Condition = { readonly type: 'test' };

export class FilterNumbers<T> {
  /**
   * @param read gives the reader of a metric.
   * @param other compiles a node that is a condition, for what is wrong within it.
   */
  constructor(
    private readonly vocabulary: FilterVocabulary,
    private readonly read: (metric: string) => (trial: T) => number,
    private readonly where: string,
    private readonly other: (node: FilterNode) => Condition,
  ) {}

  fail(node: FilterNode, what: string, remedy?: string) {
    return filterFault(this.where, node.at, what, remedy);
  }

  placeOf(node: FilterNode): string {
    return `${this.where}, character ${node.at + 1}`;
  }

  /** The number that a node is. */
  number(node: FilterNode): Numeric<T> {
    const value = this.check(node);
    if (value.type === 'number') return value;
    throw this.fail(node, 'a number is needed here, and this is a condition.');
  }

  check(node: FilterNode): Numeric<T> | Condition {
    switch (node.type) {
      case 'number':
        return this.#constant(node.value);
      case 'name':
        return this.#symbol(node);
      case 'index': {
        if (!isFamily(node.family)) {
          throw this.fail(node, `${node.family} has no parts.`, 'Latencies have: latency["DEVICE"].');
        }
        const name = metricOfDevice(node.family, node.device, this.vocabulary, this.placeOf(node));
        return this.#metric(name, dimensionOfFamily(node.family));
      }
      case 'text':
        throw this.fail(node, `"${node.text}" is compared with nothing.`, 'Such as `origin = "mutation"`.');
      case 'negative': {
        const of = this.number(node.of);
        return this.#map([of], ([a]) => -(a as number), of.dimension);
      }
      case 'arithmetic':
        return this.#arithmetic(node);
      case 'call':
        return this.#call(node);
      default:
        return this.other(node);
    }
  }

  #constant(value: number, dimension = plain): Numeric<T> {
    return { type: 'number', dimension, constant: value, get: () => value };
  }

  #metric(name: string, dimension: Dimension): Numeric<T> {
    return { type: 'number', dimension, get: this.read(name) };
  }

  #symbol(node: FilterNode & { type: 'name' }): Numeric<T> {
    const unit = filterUnit(node.text);
    if (unit) return this.#constant(unit.factor, unit.dimension);
    const name = this.#nameOf(node.text);
    if (this.vocabulary.profiles.includes(name)) {
      return { ...this.#metric(this.vocabulary.judged(name), timeDimension), bare: true };
    }
    if (name === 'trial' || name === 'seconds') return this.#metric(name, plain);
    const found = metricOfSymbol(name, this.vocabulary, this.placeOf(node));
    return this.#metric(found.metric, found.dimension);
  }

  /** A name that was shortened while only one fits. */
  #nameOf(name: string): string {
    const names = filterNames(this.vocabulary);
    if (name === 'id') return 'trial';
    if (names.includes(name) || isFamily(name)) return name;
    const begin = name.toLowerCase();
    const fits = names.filter((one) => one.toLowerCase().startsWith(begin));
    return fits.length === 1 ? (fits[0] as string) : name;
  }

  #map(
    parts: readonly Numeric<T>[],
    of: (values: readonly number[]) => number,
    dimension: Dimension,
  ): Numeric<T> {
    const known = parts.map((part) => part.constant);
    if (known.every((value) => value !== undefined)) return this.#constant(of(known), dimension);
    const gets = parts.map((part) => part.get);
    return { type: 'number', dimension, get: (trial) => of(gets.map((get) => get(trial))) };
  }

  #arithmetic(node: FilterNode & { type: 'arithmetic' }): Numeric<T> {
    const [left, right] = [this.number(node.left), this.number(node.right)];
    const [a, b] = [left.dimension, right.dimension];
    const values = [left, right] as const;
    switch (node.operator) {
      case '+':
      case '-': {
        const sign = node.operator === '-' ? -1 : 1;
        this.wantSame(node, left, right);
        return this.#map(values, ([x = 0, y = 0]) => x + sign * y, a);
      }
      case '*':
      case '/': {
        const sign = node.operator === '/' ? -1 : 1;
        const dimension = { time: a.time + sign * b.time, bytes: a.bytes + sign * b.bytes };
        return this.#map(values, ([x = 0, y = 0]) => (sign < 0 ? x / y : x * y), dimension);
      }
      case '^': {
        const power = right.constant;
        if (!sameDimension(b, plain)) throw this.fail(node.right, 'an exponent is a plain number.');
        if (power === undefined && !sameDimension(a, plain)) {
          throw this.fail(node.right, 'what has a unit can only be raised to a number.');
        }
        const dimension = power === undefined ? plain : { time: a.time * power, bytes: a.bytes * power };
        return this.#map(values, ([x = 0, y = 0]) => x ** y, dimension);
      }
    }
  }

  #call(node: FilterNode & { type: 'call' }): Numeric<T> {
    const of = Object.hasOwn(functions, node.name) ? functions[node.name] : undefined;
    if (!of)
      throw this.fail(
        node,
        `there is no function ${node.name}.`,
        `Functions: ${filterFunctions.join(', ')}.`,
      );
    const [only] = node.args;
    const family =
      node.args.length === 1 && only?.type === 'name' && isFamily(only.text) ? only.text : undefined;
    const parts = family
      ? this.vocabulary.profiles.map((device) =>
          this.#metric(
            metricOfDevice(family, device, this.vocabulary, this.placeOf(node)),
            dimensionOfFamily(family),
          ),
        )
      : node.args.map((one) => this.number(one));
    const [first, ...others] = parts;
    if (!first) throw this.fail(node, `${node.name} has nothing to work on.`);
    if (of.length === 1 && others.length > 0) throw this.fail(node, `${node.name} takes one number.`);
    for (const other of others) this.wantSame(node, first, other);
    if (ofPlainNumbers.has(node.name) && !sameDimension(first.dimension, plain)) {
      throw this.fail(
        node,
        `${node.name} takes a plain number, and this is ${dimensionText(first.dimension)}.`,
      );
    }
    const { time, bytes } = first.dimension;
    return this.#map(
      parts,
      (values) => of(...values),
      node.name === 'sqrt' ? { time: time / 2, bytes: bytes / 2 } : first.dimension,
    );
  }

  wantSame(node: FilterNode, a: Numeric<T>, b: Numeric<T>): void {
    if (sameDimension(a.dimension, b.dimension)) return;
    const isMs = (one: Numeric<T>, other: Numeric<T>) =>
      one.bare && other.constant !== undefined && sameDimension(other.dimension, plain);
    if (isMs(a, b) || isMs(b, a)) return;
    throw this.fail(
      node,
      `one side is ${dimensionText(a.dimension)} and the other ${dimensionText(b.dimension)}.`,
      'Give the number its unit, such as 8 ms or 2 MiB.',
    );
  }
}
