/**
 * The grammar of filters. That of objectives and limits (`expression.ts`) gives numbers and limits; a filter gives
 * yes or no, for words as well as numbers (`failed`, `any kernel = 9`), is typed in a terminal key by key, and is
 * tried on 100,000 trials between two frames. mathjs takes a second to load and reads `=` as an assignment.
 */
import { type Token, filterFault, tokenize } from './filter-tokens.js';
import { unitOf } from './quantities.js';

export type FilterNode =
  | { readonly type: 'number'; readonly value: number; readonly at: number }
  | { readonly type: 'name'; readonly text: string; readonly at: number }
  | { readonly type: 'text'; readonly text: string; readonly at: number }
  | { readonly type: 'index'; readonly family: string; readonly device: string; readonly at: number }
  | {
      readonly type: 'call';
      readonly name: string;
      readonly args: readonly FilterNode[];
      readonly at: number;
    }
  | {
      readonly type: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/' | '^';
      readonly left: FilterNode;
      readonly right: FilterNode;
      readonly at: number;
    }
  | { readonly type: 'negative' | 'not'; readonly of: FilterNode; readonly at: number }
  | {
      readonly type: 'compare';
      readonly operator: Comparison;
      readonly left: FilterNode;
      readonly right: FilterNode;
      readonly at: number;
    }
  | { readonly type: 'and' | 'or'; readonly parts: readonly FilterNode[]; readonly at: number }
  | {
      readonly type: 'blocks';
      readonly quantifier: Quantifier;
      readonly field: string;
      readonly operator: Comparison;
      readonly right: FilterNode;
      readonly at: number;
    };

export const comparisonSigns = ['<', '<=', '>', '>=', '=', '!=', '~'] as const;
export type Comparison = (typeof comparisonSigns)[number];
export const quantifiers = ['any', 'all', 'no'] as const;
export type Quantifier = (typeof quantifiers)[number];
/** Words that are no names of quantities. */
export const keywords: readonly string[] = ['and', 'or', 'not', ...quantifiers];

/** What the grammar knows of a run's names. */
export interface FilterWords {
  /** Names that are no identifiers, such as those of devices: `mali-g76`. */
  readonly names: readonly string[];
  /** Whether a name stands for a number. */
  isQuantity(name: string): boolean;
}

/** Units as in objectives, and multipliers in small letters as well. */
export const filterUnit = (name: string) =>
  unitOf(name) ?? (/^[mg]$/.test(name) ? unitOf(name.toUpperCase()) : undefined);

const isComparison = (text: string): text is Comparison =>
  (comparisonSigns as readonly string[]).includes(text);
const isQuantifier = (text: string): text is Quantifier => (quantifiers as readonly string[]).includes(text);
/** Parentheses and `not` within one another: more is a mistake, and would end the stack. */
const deepest = 100;

/** Parses a filter. @throws MixnasError `bad-usage` with the place of what stops it. */
export function parseFilterText(text: string, words: FilterWords, where: string): FilterNode {
  return new Parser(text, tokenize(text, words.names, where), words, where).all();
}

class Parser {
  #at = 0;
  #depth = 0;
  /** Whether a comparison has its left side already. */
  #onRight = false;

  constructor(
    readonly text: string,
    readonly tokens: readonly Token[],
    readonly words: FilterWords,
    readonly where: string,
  ) {}

  all(): FilterNode {
    const node = this.#either();
    const left = this.tokens[this.#at];
    if (left) throw this.#fault(`${left.text} has no place here.`, left);
    return node;
  }

  #fault(what: string, token = this.tokens[this.#at], remedy?: string) {
    return filterFault(this.where, token?.from ?? this.text.length, what, remedy);
  }

  #is(kind: Token['kind'], ...texts: readonly string[]): Token | undefined {
    const token = this.tokens[this.#at];
    return token?.kind === kind && (texts.length === 0 || texts.includes(token.text)) ? token : undefined;
  }

  #take(kind: Token['kind'], ...texts: readonly string[]): Token | undefined {
    const token = this.#is(kind, ...texts);
    if (token) this.#at++;
    return token;
  }

  #expect(text: string): void {
    if (!this.#take('operator', text)) throw this.#fault(`${text} is missing.`);
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > deepest) throw this.#fault(`more than ${deepest} parentheses within one another.`);
    const outer = this.#onRight;
    this.#onRight = false;
    const node = read();
    this.#onRight = outer;
    this.#depth--;
    return node;
  }

  #either(): FilterNode {
    const parts = [this.#both()];
    while (this.#take('name', 'or')) parts.push(this.#both());
    return join('or', parts);
  }

  /** Terms joined by `and`, or one after the other. */
  #both(): FilterNode {
    const parts = [this.#term()];
    for (;;) {
      const joined = this.#take('name', 'and') !== undefined;
      const next = this.tokens[this.#at];
      const begins =
        next !== undefined && next.text !== 'or' && (next.kind !== 'operator' || next.text === '(');
      if (!joined && !begins) return join('and', parts);
      parts.push(this.#term());
    }
  }

  #term(): FilterNode {
    const no = this.#take('name', 'not');
    if (no) return { type: 'not', of: this.#nested(() => this.#term()), at: no.from };
    const next = this.tokens[this.#at + 1];
    const quantifier = next?.kind === 'name' ? this.#take('name', ...quantifiers) : undefined;
    return quantifier && isQuantifier(quantifier.text)
      ? this.#blocks(quantifier.text, quantifier.from)
      : this.#comparison();
  }

  #blocks(quantifier: Quantifier, at: number): FilterNode {
    const field = this.#take('name') as Token;
    const sign = this.#take('operator', ...comparisonSigns);
    if (!sign || !isComparison(sign.text)) {
      throw this.#fault(
        `${quantifier} ${field.text} is compared with nothing.`,
        undefined,
        `Such as \`any kernel = 9\`.`,
      );
    }
    return { type: 'blocks', quantifier, field: field.text, operator: sign.text, right: this.#side(), at };
  }

  #comparison(): FilterNode {
    let left = this.#sum();
    const parts: FilterNode[] = [];
    for (let sign = this.#take('operator', ...comparisonSigns); sign; ) {
      const right = this.#side();
      if (isComparison(sign.text)) {
        parts.push({ type: 'compare', operator: sign.text, left, right, at: sign.from });
      }
      left = right;
      sign = this.#take('operator', ...comparisonSigns);
    }
    return parts.length === 0 ? left : join('and', parts);
  }

  #side(): FilterNode {
    this.#onRight = true;
    const node = this.#sum();
    this.#onRight = false;
    return node;
  }

  #sum(): FilterNode {
    let left = this.#product();
    for (let sign = this.#take('operator', '+', '-'); sign; sign = this.#take('operator', '+', '-')) {
      left = arithmetic(sign, left, this.#product());
    }
    return left;
  }

  #product(): FilterNode {
    let left = this.#implicit();
    for (let sign = this.#take('operator', '*', '/'); sign; sign = this.#take('operator', '*', '/')) {
      const right = this.#implicit();
      // As mathjs has it: `1/2 ms` is half a millisecond, and `latency / 80 ms` is divided by all of `80 ms`.
      const isShare = sign.text === '/' && left.type === 'number' && right.type === 'arithmetic';
      left =
        isShare && right.left.type === 'number' && right.operator === '*'
          ? { ...right, left: arithmetic(sign, left, right.left) }
          : arithmetic(sign, left, right);
    }
    return left;
  }

  /** Factors that stand next to each other: they are closer than those with a sign between. */
  #implicit(): FilterNode {
    let left = this.#signed();
    while (this.#multiplies(left)) {
      const at = this.tokens[this.#at]?.from ?? 0;
      left = { type: 'arithmetic', operator: '*', left, right: this.#power(), at };
    }
    return left;
  }

  /** Whether what follows is multiplied without a sign: a unit, or a quantity that begins no next comparison. */
  #multiplies(left: FilterNode): boolean {
    const next = this.#is('name');
    if (!next || keywords.includes(next.text)) return false;
    if (filterUnit(next.text)) return true;
    if (left.type !== 'number' || !this.words.isQuantity(next.text)) return false;
    const follows = this.tokens[this.#endOfName()];
    return !(this.#onRight && follows?.kind === 'operator' && isComparison(follows.text));
  }

  /** The place after a name with what is in its brackets. */
  #endOfName(): number {
    let at = this.#at + 1;
    const opens = this.tokens[at]?.text;
    if (this.tokens[at]?.kind !== 'operator' || (opens !== '[' && opens !== '(')) return at;
    const closes = opens === '[' ? ']' : ')';
    while (at < this.tokens.length && this.tokens[at]?.text !== closes) at++;
    return at + 1;
  }

  #signed(): FilterNode {
    const sign = this.#take('operator', '-', '+');
    if (!sign) return this.#power();
    const of = this.#nested(() => this.#signed());
    return sign.text === '-' ? { type: 'negative', of, at: sign.from } : of;
  }

  #power(): FilterNode {
    const base = this.#primary();
    const sign = this.#take('operator', '^');
    return sign
      ? arithmetic(
          sign,
          base,
          this.#nested(() => this.#signed()),
        )
      : base;
  }

  #primary(): FilterNode {
    const number = this.#take('number');
    if (number) return { type: 'number', value: number.value, at: number.from };
    const text = this.#take('string');
    if (text && !text.closed) throw this.#fault('the quotation mark is not closed.', text);
    if (text) return { type: 'text', text: text.text, at: text.from };
    const name = this.#take('name');
    if (name && keywords.includes(name.text)) throw this.#fault(`${name.text} has nothing before it.`, name);
    if (name) return this.#named(name);
    if (!this.#take('operator', '(')) {
      const here = this.tokens[this.#at];
      throw this.#fault(here ? `${here.text} has nothing before it.` : 'something is missing here.');
    }
    const inner = this.#nested(() => this.#either());
    this.#expect(')');
    return inner;
  }

  #named(name: Token): FilterNode {
    if (this.#take('operator', '[')) {
      const device = this.#take('string') ?? this.#take('name');
      if (!device?.closed)
        throw this.#fault('the name of a device is missing.', undefined, `Such as ${name.text}["mali-g76"].`);
      this.#expect(']');
      return { type: 'index', family: name.text, device: device.text, at: name.from };
    }
    if (!filterUnit(name.text) && this.#is('operator', '(')?.from === name.to) {
      this.#at++;
      const args = [this.#nested(() => this.#either())];
      while (this.#take('operator', ',')) args.push(this.#nested(() => this.#either()));
      this.#expect(')');
      return { type: 'call', name: name.text, args, at: name.from };
    }
    return { type: 'name', text: name.text, at: name.from };
  }
}

const join = (type: 'and' | 'or', parts: readonly FilterNode[]): FilterNode =>
  parts.length === 1 ? (parts[0] as FilterNode) : { type, parts, at: parts[0]?.at ?? 0 };

const arithmetic = (sign: Token, left: FilterNode, right: FilterNode): FilterNode => ({
  type: 'arithmetic',
  operator: sign.text as '+' | '-' | '*' | '/' | '^',
  left,
  right,
  at: sign.from,
});
