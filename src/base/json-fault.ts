/** What `JSON.parse` accepts in silence, though it loses what a person wrote: a key that is there twice, digits. */

/** What is wrong with a document, and in which line. */
export interface DocumentFault {
  readonly line: number;
  readonly says: string;
  readonly remedy: string;
}

const quote = 34;
/** Digits, `+`, `-`, `.`, `e` and `E`. */
const isOfNumber = (code: number) =>
  (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 101 || code === 69 || code === 43;
const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9;

/** Whether an integer's digits do not fit into a number. */
export const losesDigits = (source: string): boolean =>
  /^[-+]?(?:0[xo])?[\da-f]+$/i.test(source) && !Number.isSafeInteger(Number(source.replace(/^[-+]/, '')));

/** About an integer beyond 2^53. */
export const lostDigits = (line: number, source: string): DocumentFault => ({
  line,
  says: `the integer ${source.length > 40 ? `${source.slice(0, 20)}...` : source} is beyond 2^53 and would lose digits`,
  remedy: 'Write a smaller number; a name or a seed can stand in quotation marks.',
});

/** Where the string that begins at `from` ends: its closing quotation mark. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end;
  }
}

/** The first fault of a text that `JSON.parse` has read; a profile has a hundred thousand tokens, so by hand. */
export function jsonFault(text: string): DocumentFault | undefined {
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  /** The keys so far of each object around this place; undefined for a list. */
  const around: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      const end = endOfString(text, i);
      let next = end + 1;
      while (isSpace(text.charCodeAt(next))) next++;
      if (text[next] === ':') {
        const raw = text.slice(i + 1, end);
        const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
        const keys = around.at(-1);
        if (keys?.has(key)) return doubled(lineAt(i), key);
        keys?.add(key);
      }
      i = end;
    } else if (code === 45 || (code >= 48 && code <= 57)) {
      let end = i + 1;
      while (isOfNumber(text.charCodeAt(end))) end++;
      if (end - i > 15) {
        const source = text.slice(i, end);
        if (losesDigits(source)) return lostDigits(lineAt(i), source);
      }
      i = end - 1;
    } else if (code === 123) around.push(new Set());
    else if (code === 91) around.push(undefined);
    else if (code === 125 || code === 93) around.pop();
  }
  return undefined;
}

const doubled = (line: number, key: string): DocumentFault => ({
  line,
  says: `the key \`${key.length > 60 ? `${key.slice(0, 60)}...` : key}\` is there twice`,
  remedy: 'Keep one of the two.',
});
