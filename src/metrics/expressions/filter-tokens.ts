/** A filter as tokens, each with its place: what parses a filter and what completes one read the same. */
import { MixnasError } from '../../base/index.js';

export type TokenKind = 'number' | 'name' | 'string' | 'operator';

export interface Token {
  readonly kind: TokenKind;
  /** A name, the text of a string without its quotes, or an operator. */
  readonly text: string;
  /** The value of a number. */
  readonly value: number;
  /** Where it begins and ends in the text, from 0. */
  readonly from: number;
  readonly to: number;
  /** Whether a string has its closing quote. */
  readonly closed: boolean;
}

/** A fault in a filter, with its place counted from 1. */
export function filterFault(where: string, at: number, what: string, remedy?: string): MixnasError {
  return new MixnasError(
    'bad-usage',
    `${where}, character ${at + 1}: ${what}`,
    remedy === undefined ? {} : { remedy },
  );
}

const numberPattern = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?:\s*%)?/iy;
const namePattern = /[a-z_]\w*/iy;
const operatorPattern = /<=|>=|==|!=|[<>=~+\-*/^()[\],]/y;

const matched = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

/**
 * The tokens of a filter.
 * @param names names that are no identifiers, such as those of devices: `mali-g76`.
 * @throws MixnasError `bad-usage` for a character that begins none.
 */
export function tokenize(text: string, names: readonly string[], where: string): Token[] {
  const longest = names.toSorted((a, b) => b.length - a.length);
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, its: string, length: number, rest: Partial<Token> = {}): void => {
    tokens.push({ kind, text: its, value: Number.NaN, from: at, to: at + length, closed: true, ...rest });
    at += length;
  };
  while (at < text.length) {
    const here = text[at] as string;
    if (/\s/.test(here)) {
      at++;
      continue;
    }
    const known = longest.find(
      (name) => text.startsWith(name, at) && !/^[\w-]/.test(text.slice(at + name.length)),
    );
    if (known !== undefined) {
      push('name', known, known.length);
      continue;
    }
    if (here === '"' || here === "'") {
      const end = text.indexOf(here, at + 1);
      const its = text.slice(at + 1, end < 0 ? undefined : end);
      push('string', its, its.length + (end < 0 ? 1 : 2), { closed: end >= 0 });
      continue;
    }
    const number = matched(numberPattern, text, at);
    if (number !== undefined) {
      const value = number.endsWith('%') ? Number(number.slice(0, -1)) / 100 : Number(number);
      push('number', number, number.length, { value });
      continue;
    }
    const name = matched(namePattern, text, at);
    const operator = name === undefined ? matched(operatorPattern, text, at) : undefined;
    if (name !== undefined) push('name', name, name.length);
    else if (operator !== undefined) push('operator', operator === '==' ? '=' : operator, operator.length);
    else throw filterFault(where, at, `${here} is not a part of an expression.`);
  }
  return tokens;
}
