/**
 * Filters over trials: `accuracy > 0.5 and latency["mali-g76"] < 8 ms and any kernel = 9`. Quantities, devices and
 * units are those of objectives and limits. Compiled to functions of a trial, whatever a reader takes that to be.
 */
import { InternalError, nearest } from '../../base/index.js';
import { comparisons, opposite, textComparisons } from './filter-functions.js';
import { FilterNumbers, type Numeric } from './filter-numbers.js';
import { type Comparison, type FilterNode, parseFilterText } from './filter-parse.js';
import { type FilterVocabulary, blockFields, filterWords, textFields, wordsOfState } from './filter-words.js';
import { plain, sameDimension } from './quantities.js';

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

type Test<T> = (trial: T) => boolean;
type Value<T> = Numeric<T> | { readonly type: 'test'; readonly test: Test<T> };

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
  const conditions = new FilterConditions(vocabulary, fields, where);
  const test = conditions.condition(parseFilterText(text, filterWords(vocabulary), where));
  return { test, readsNetworks: conditions.readsNetworks };
}

/** The conditions of a filter. */
class FilterConditions<T> {
  readsNetworks = false;
  readonly #numbers: FilterNumbers<T>;

  constructor(
    private readonly vocabulary: FilterVocabulary,
    private readonly fields: FilterFields<T>,
    where: string,
  ) {
    this.#numbers = new FilterNumbers(vocabulary, fields.number, where, (node) => this.#test(node));
  }

  #fail(node: FilterNode, what: string, remedy?: string) {
    return this.#numbers.fail(node, what, remedy);
  }

  condition(node: FilterNode): Test<T> {
    const value = node.type === 'name' ? this.#word(node.text, node) : this.#check(node);
    if (value.type === 'test') return value.test;
    throw this.#fail(node, 'this is a number; compare it, such as `accuracy > 50%`.');
  }

  #check(node: FilterNode): Value<T> {
    return this.#numbers.check(node) as Value<T>;
  }

  /** A word on its own: a state, `front`, or a part of the origin or of the reason of a failure. */
  #word(name: string, node: FilterNode): Value<T> {
    if (filterWords(this.vocabulary).isQuantity(name)) return this.#check(node);
    if (name === 'front') return { type: 'test', test: this.fields.onFront };
    const wanted = name.toLowerCase();
    const state = this.fields.text('state');
    if (wordsOfState.includes(wanted)) return { type: 'test', test: (trial) => state(trial) === wanted };
    return { type: 'test', test: this.#contains(wanted) };
  }

  #contains(wanted: string): Test<T> {
    const texts = ['origin', 'reason'].map((field) => this.fields.text(field));
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

  #test(node: FilterNode): { readonly type: 'test'; readonly test: Test<T> } {
    return { type: 'test', test: this.#testOf(node) };
  }

  #testOf(node: FilterNode): Test<T> {
    switch (node.type) {
      case 'not': {
        const of = this.condition(node.of);
        return (trial) => !of(trial);
      }
      case 'and': {
        const parts = node.parts.map((part) => this.condition(part));
        return (trial) => parts.every((part) => part(trial));
      }
      case 'or': {
        const parts = node.parts.map((part) => this.condition(part));
        return (trial) => parts.some((part) => part(trial));
      }
      case 'compare':
        return this.#compare(node);
      case 'blocks':
        return this.#blocks(node);
      default:
        throw new InternalError(`a ${node.type} is not a condition`);
    }
  }

  #compare(node: FilterNode & { type: 'compare' }): Test<T> {
    const { operator, left, right } = node;
    if (left.type === 'name' && textFields.includes(left.text)) return this.#compareText(node, left.text);
    if (operator === '~') throw this.#fail(node, `~ is for words, such as \`reason ~ "memory"\`.`);
    const [a, b] = [this.#numbers.number(left), this.#numbers.number(right)];
    this.#numbers.wantSame(node, a, b);
    if (a.constant !== undefined && b.constant !== undefined) {
      throw this.#fail(node, 'both sides are numbers: that says nothing about a trial.');
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
  #wordOf(node: FilterNode): string {
    if (node.type === 'name' || node.type === 'text') return node.text;
    throw this.#fail(node, 'a word is needed here.');
  }

  #compareText(node: FilterNode & { type: 'compare' }, field: string): Test<T> {
    const test = textComparisons[node.operator];
    if (!test) throw this.#fail(node, `${field} is a word; compare it with =, != or ~.`);
    const wanted = this.#wordOf(node.right);
    if (field === 'state' && !wordsOfState.includes(wanted) && node.operator !== '~') {
      const near = nearest(wanted, wordsOfState)[0];
      throw this.#fail(
        node.right,
        `${wanted} is not a state.`,
        near === undefined ? `States: ${wordsOfState.join(', ')}.` : `Did you mean ${near}?`,
      );
    }
    const of = this.fields.text(field);
    return (trial) => {
      const its = of(trial);
      return its !== undefined && test(its, wanted);
    };
  }

  /** `any kernel = 9`: over the blocks of the network. */
  #blocks(node: FilterNode & { type: 'blocks' }): Test<T> {
    const { quantifier, field, operator, right } = node;
    if (!Object.hasOwn(blockFields, field)) {
      const near = nearest(field, Object.keys(blockFields))[0];
      throw this.#fail(
        node,
        `blocks have no ${field}.`,
        near === undefined ? `They have: ${Object.keys(blockFields).join(', ')}.` : `Did you mean ${near}?`,
      );
    }
    this.readsNetworks = true;
    const values = this.fields.blocks(field);
    const holds = this.#blockTest(blockFields[field as keyof typeof blockFields], operator, right);
    if (quantifier === 'all') return (trial) => values(trial).every(holds);
    if (quantifier === 'any') return (trial) => values(trial).some(holds);
    return (trial) => !values(trial).some(holds);
  }

  #blockTest(kind: 'number' | 'word', operator: Comparison, right: FilterNode) {
    if (kind === 'word') {
      const test = textComparisons[operator];
      if (!test) throw this.#fail(right, 'words are compared with =, != or ~.');
      const wanted = this.#wordOf(right);
      return (value: number | string) => test(String(value), wanted);
    }
    const { constant: wanted, dimension } = this.#numbers.number(right);
    if (operator === '~') throw this.#fail(right, '~ is for words.');
    if (wanted === undefined || !sameDimension(dimension, plain))
      throw this.#fail(right, 'a plain number is needed here.');
    const test = comparisons[operator];
    return (value: number | string) => test(Number(value), wanted);
  }
}
