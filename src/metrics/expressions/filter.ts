/**
 * Filters over trials: `accuracy > 0.5 and latency["mali-g76"] < 8 ms and any kernel = 9`. Quantities, devices and
 * units are those of objectives and limits. Compiled to functions of a trial, whatever a reader takes that to be.
 */
import { nearest } from '../../base/index.js';
import { type Comparison, type FilterNode, filterUnit, parseFilterText } from './filter-parse.js';
import { filterFault } from './filter-tokens.js';
import {
  type FilterVocabulary,
  blockFields,
  filterNames,
  filterWords,
  textFields,
  wordsOfState,
} from './filter-words.js';
import {
  type Dimension,
  dimensionText,
  dimensionOfFamily,
  isFamily,
  metricOfDevice,
  metricOfSymbol,
  plain,
  sameDimension,
  timeDimension,
} from './quantities.js';

/** How a reader of a run gets at its trials. */
export interface FilterFields<T> {
  /** A metric of trials, NaN where one has none; also `trial` and `seconds`. */
  number(metric: string): (trial: T) => number;
  /** `state`, `origin` or `reason`; undefined where a trial has none. */
  text(field: string): (trial: T) => string | undefined;
  onFront(trial: T): boolean;
  /** A field of each block of its network: see `blockFields`. */
  blocks(field: string): (trial: T) => readonly (number | string)[];
}

export interface Filter<T> {
  test(trial: T): boolean;
  /** Whether it looks into networks, which takes microseconds a trial. */
  readonly readsNetworks: boolean;
}

type Numeric<T> = {
  readonly type: 'number';
  readonly dimension: Dimension;
  /** The value of what reads no trial. */
  readonly constant?: number | undefined;
  /** A device by its bare name: compared with a number it is in milliseconds. */
  readonly bare?: boolean;
  readonly get: (trial: T) => number;
};
type Value<T> = Numeric<T> | { readonly type: 'test'; readonly test: (trial: T) => boolean };

const differs = (a: number, b: number) => Math.abs(a - b) > 1e-9 * Math.max(Math.abs(a), Math.abs(b));
/** What has no value meets no comparison. */
const comparisons: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b || !(differs(a, b) || a - a !== 0 || b - b !== 0),
  '!=': (a, b) => differs(a, b),
  '~': () => false,
};
const opposite: Readonly<Partial<Record<Comparison, Comparison>>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const textComparisons: Readonly<Partial<Record<Comparison, (a: string, b: string) => boolean>>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '~': (a, b) => a.includes(b),
};
const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  best: Math.min,
  worst: Math.max,
  mean: (...values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
};
export const filterFunctions = Object.keys(functions);
const ofPlainNumbers = new Set(['exp', 'log', 'log2', 'log10']);

/**
 * Compiles a filter.
 * @param where what it was given as, for messages: `Filter`, `--where`.
 * @throws MixnasError `bad-usage` or `bad-config`: one sentence with the place of what is wrong.
 */
export function compileFilter<T>(
  text: string,
  vocabulary: FilterVocabulary,
  fields: FilterFields<T>,
  where: string,
): Filter<T> {
  let readsNetworks = false;
  const fail = (node: FilterNode, what: string, remedy?: string) => filterFault(where, node.at, what, remedy);
  const placeOf = (node: FilterNode) => `${where}, character ${node.at + 1}`;

  const constant = (value: number, dimension = plain): Numeric<T> => ({
    type: 'number',
    dimension,
    constant: value,
    get: () => value,
  });
  const metric = (name: string, dimension: Dimension): Numeric<T> => ({
    type: 'number',
    dimension,
    get: fields.number(name),
  });

  function number(node: FilterNode): Numeric<T> {
    const value = check(node);
    if (value.type === 'number') return value;
    throw fail(node, 'a number is needed here, and this is a condition.');
  }

  function condition(node: FilterNode): (trial: T) => boolean {
    const value = node.type === 'name' ? word(node.text, node) : check(node);
    if (value.type === 'test') return value.test;
    throw fail(node, 'this is a number; compare it, such as `accuracy > 50%`.');
  }

  /** A word on its own: a state, `front`, or a part of the origin or of the reason of a failure. */
  function word(name: string, node: FilterNode): Value<T> {
    if (filterWords(vocabulary).isQuantity(name)) return check(node);
    if (name === 'front') return { type: 'test', test: fields.onFront };
    const wanted = name.toLowerCase();
    const state = fields.text('state');
    if (wordsOfState.includes(wanted)) return { type: 'test', test: (trial) => state(trial) === wanted };
    return { type: 'test', test: contains(wanted) };
  }

  function contains(wanted: string): (trial: T) => boolean {
    const texts = ['origin', 'reason'].map((field) => fields.text(field));
    /** Of 100,000 trials' words few are different. */
    const known = new Map<string, boolean>();
    return (trial) =>
      texts.some((of) => {
        const its = of(trial);
        if (its === undefined) return false;
        let found = known.get(its);
        if (found === undefined) known.set(its, (found = its.toLowerCase().includes(wanted)));
        return found;
      });
  }

  function symbol(node: FilterNode & { type: 'name' }): Numeric<T> {
    const unit = filterUnit(node.text);
    if (unit) return constant(unit.factor, unit.dimension);
    const name = nameOf(node.text);
    if (vocabulary.profiles.includes(name)) {
      return { ...metric(vocabulary.judged(name), timeDimension), bare: true };
    }
    if (name === 'trial' || name === 'seconds') return metric(name, plain);
    const found = metricOfSymbol(name, vocabulary, placeOf(node));
    return metric(found.metric, found.dimension);
  }

  /** A name that was shortened while only one fits. */
  function nameOf(name: string): string {
    const names = filterNames(vocabulary);
    if (name === 'id') return 'trial';
    if (names.includes(name) || isFamily(name)) return name;
    const begin = name.toLowerCase();
    const fits = names.filter((one) => one.toLowerCase().startsWith(begin));
    return fits.length === 1 ? (fits[0] as string) : name;
  }

  function check(node: FilterNode): Value<T> {
    switch (node.type) {
      case 'number':
        return constant(node.value);
      case 'name':
        return symbol(node);
      case 'index': {
        if (!isFamily(node.family)) {
          throw fail(node, `${node.family} has no parts.`, 'Latencies have: latency["DEVICE"].');
        }
        return metric(
          metricOfDevice(node.family, node.device, vocabulary, placeOf(node)),
          dimensionOfFamily(node.family),
        );
      }
      case 'text':
        throw fail(node, `"${node.text}" is compared with nothing.`, 'Such as `origin = "mutation"`.');
      case 'negative': {
        const of = number(node.of);
        return map([of], ([a]) => -(a as number), of.dimension);
      }
      case 'arithmetic':
        return arithmetic(node);
      case 'call':
        return call(node);
      case 'not': {
        const of = condition(node.of);
        return { type: 'test', test: (trial) => !of(trial) };
      }
      case 'and': {
        const parts = node.parts.map(condition);
        return { type: 'test', test: (trial) => parts.every((part) => part(trial)) };
      }
      case 'or': {
        const parts = node.parts.map(condition);
        return { type: 'test', test: (trial) => parts.some((part) => part(trial)) };
      }
      case 'compare':
        return { type: 'test', test: compare(node) };
      case 'blocks':
        return { type: 'test', test: blocks(node) };
    }
  }

  function map(
    parts: readonly Numeric<T>[],
    of: (values: readonly number[]) => number,
    dimension: Dimension,
  ): Numeric<T> {
    const known = parts.map((part) => part.constant);
    if (known.every((value) => value !== undefined)) return constant(of(known), dimension);
    const gets = parts.map((part) => part.get);
    return { type: 'number', dimension, get: (trial) => of(gets.map((get) => get(trial))) };
  }

  function arithmetic(node: FilterNode & { type: 'arithmetic' }): Numeric<T> {
    const [left, right] = [number(node.left), number(node.right)];
    const [a, b] = [left.dimension, right.dimension];
    const values = [left, right] as const;
    switch (node.operator) {
      case '+':
      case '-': {
        const sign = node.operator === '-' ? -1 : 1;
        wantSame(node, left, right);
        return map(values, ([x = 0, y = 0]) => x + sign * y, a);
      }
      case '*':
      case '/': {
        const sign = node.operator === '/' ? -1 : 1;
        const dimension = { time: a.time + sign * b.time, bytes: a.bytes + sign * b.bytes };
        return map(values, ([x = 0, y = 0]) => (sign < 0 ? x / y : x * y), dimension);
      }
      case '^': {
        const power = right.constant;
        if (!sameDimension(b, plain)) throw fail(node.right, 'an exponent is a plain number.');
        if (power === undefined && !sameDimension(a, plain)) {
          throw fail(node.right, 'what has a unit can only be raised to a number.');
        }
        const dimension = power === undefined ? plain : { time: a.time * power, bytes: a.bytes * power };
        return map(values, ([x = 0, y = 0]) => x ** y, dimension);
      }
    }
  }

  function call(node: FilterNode & { type: 'call' }): Numeric<T> {
    const of = Object.hasOwn(functions, node.name) ? functions[node.name] : undefined;
    if (!of)
      throw fail(node, `there is no function ${node.name}.`, `Functions: ${filterFunctions.join(', ')}.`);
    const [only] = node.args;
    const family =
      node.args.length === 1 && only?.type === 'name' && isFamily(only.text) ? only.text : undefined;
    const parts = family
      ? vocabulary.profiles.map((device) =>
          metric(metricOfDevice(family, device, vocabulary, placeOf(node)), dimensionOfFamily(family)),
        )
      : node.args.map(number);
    const [first, ...others] = parts;
    if (!first) throw fail(node, `${node.name} has nothing to work on.`);
    if (of.length === 1 && others.length > 0) throw fail(node, `${node.name} takes one number.`);
    for (const other of others) wantSame(node, first, other);
    if (ofPlainNumbers.has(node.name) && !sameDimension(first.dimension, plain)) {
      throw fail(node, `${node.name} takes a plain number, and this is ${dimensionText(first.dimension)}.`);
    }
    const { time, bytes } = first.dimension;
    return map(
      parts,
      (values) => of(...values),
      node.name === 'sqrt' ? { time: time / 2, bytes: bytes / 2 } : first.dimension,
    );
  }

  function wantSame(node: FilterNode, a: Numeric<T>, b: Numeric<T>): void {
    if (sameDimension(a.dimension, b.dimension)) return;
    const isMs = (one: Numeric<T>, other: Numeric<T>) =>
      one.bare && other.constant !== undefined && sameDimension(other.dimension, plain);
    if (isMs(a, b) || isMs(b, a)) return;
    throw fail(
      node,
      `one side is ${dimensionText(a.dimension)} and the other ${dimensionText(b.dimension)}.`,
      'Give the number its unit, such as 8 ms or 2 MiB.',
    );
  }

  function compare(node: FilterNode & { type: 'compare' }): (trial: T) => boolean {
    const { operator, left, right } = node;
    if (left.type === 'name' && textFields.includes(left.text)) return compareText(node, left.text);
    if (operator === '~') throw fail(node, `~ is for words, such as \`reason ~ "memory"\`.`);
    const [a, b] = [number(left), number(right)];
    wantSame(node, a, b);
    if (a.constant !== undefined && b.constant !== undefined) {
      throw fail(node, 'both sides are numbers: that says nothing about a trial.');
    }
    const test = comparisons[operator];
    const [x, y] = [a.get, b.get];
    if (b.constant !== undefined) {
      const value = b.constant;
      return (trial) => test(x(trial), value);
    }
    if (a.constant !== undefined && opposite[operator]) {
      const [value, turned] = [a.constant, comparisons[opposite[operator]]];
      return (trial) => turned(y(trial), value);
    }
    return (trial) => test(x(trial), y(trial));
  }

  /** A name or a text on the right of a comparison of words. */
  function wordOf(node: FilterNode): string {
    if (node.type === 'name' || node.type === 'text') return node.text;
    throw fail(node, 'a word is needed here.');
  }

  function compareText(node: FilterNode & { type: 'compare' }, field: string): (trial: T) => boolean {
    const test = textComparisons[node.operator];
    if (!test) throw fail(node, `${field} is a word; compare it with =, != or ~.`);
    const wanted = wordOf(node.right);
    if (field === 'state' && !wordsOfState.includes(wanted) && node.operator !== '~') {
      const near = nearest(wanted, wordsOfState)[0];
      throw fail(
        node.right,
        `${wanted} is not a state.`,
        near === undefined ? `States: ${wordsOfState.join(', ')}.` : `Did you mean ${near}?`,
      );
    }
    const of = fields.text(field);
    return (trial) => {
      const its = of(trial);
      return its !== undefined && test(its, wanted);
    };
  }

  /** `any kernel = 9`: over the blocks of the network. */
  function blocks(node: FilterNode & { type: 'blocks' }): (trial: T) => boolean {
    const { quantifier, field, operator, right } = node;
    if (!Object.hasOwn(blockFields, field)) {
      const near = nearest(field, Object.keys(blockFields))[0];
      throw fail(
        node,
        `blocks have no ${field}.`,
        near === undefined ? `They have: ${Object.keys(blockFields).join(', ')}.` : `Did you mean ${near}?`,
      );
    }
    readsNetworks = true;
    const values = fields.blocks(field);
    const holds = blockTest(blockFields[field as keyof typeof blockFields], operator, right);
    if (quantifier === 'all') return (trial) => values(trial).every(holds);
    if (quantifier === 'any') return (trial) => values(trial).some(holds);
    return (trial) => !values(trial).some(holds);
  }

  function blockTest(kind: 'number' | 'word', operator: Comparison, right: FilterNode) {
    if (kind === 'word') {
      const test = textComparisons[operator];
      if (!test) throw fail(right, 'words are compared with =, != or ~.');
      const wanted = wordOf(right);
      return (value: number | string) => test(String(value), wanted);
    }
    const { constant: wanted, dimension } = number(right);
    if (operator === '~') throw fail(right, '~ is for words.');
    if (wanted === undefined || !sameDimension(dimension, plain))
      throw fail(right, 'a plain number is needed here.');
    const test = comparisons[operator];
    return (value: number | string) => test(Number(value), wanted);
  }

  const test = condition(parseFilterText(text, filterWords(vocabulary), where));
  return { test, readsNetworks };
}
