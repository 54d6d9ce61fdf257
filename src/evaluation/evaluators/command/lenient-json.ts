/** JSON, and the words that Python's `json` prints for numbers that JSON has none for. */

/** A text in quotation marks, or one of the words. */
const wordsAndTexts = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
/** Stands for NaN while JSON is parsed: no program writes a control character so. */
const nan = '\u0000NaN';

const replacements: Readonly<Record<string, string>> = {
  NaN: JSON.stringify(nan),
  Infinity: '1e999',
  '-Infinity': '-1e999',
};

/** Parses a text; undefined where it is not JSON. */
export function parseLenient(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It may hold one of the words.
  }
  if (!/NaN|Infinity/.test(text)) return undefined;
  try {
    const plain = text.replace(wordsAndTexts, (found) => replacements[found] ?? found);
    return JSON.parse(plain, (_, value: unknown) => (value === nan ? Number.NaN : value));
  } catch {
    return undefined;
  }
}
