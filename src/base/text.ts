/** Small helpers for messages. */

/** Damerau-Levenshtein (optimal string alignment) distance of two short words. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) (rows[0] as number[])[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const row = rows[i] as number[];
      const above = rows[i - 1] as number[];
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      }
      row[j] = best;
    }
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/** Nobody mistypes a longer name. */
const longestWord = 200;

/** Up to three of `known` that a person who wrote `word` may have meant, nearest first. */
export function nearest(word: string, known: readonly string[]): string[] {
  if (word.length > longestWord) return []; // the distance takes their product in time and memory
  const lower = word.toLowerCase();
  return [...new Set(known)]
    .map((name) => {
      const other = name.toLowerCase();
      const contains = other.includes(lower) || lower.includes(other);
      return { name, distance: contains ? 1 : editDistance(lower, other) };
    })
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

// Controls (C0, delete, C1), zero-width and direction marks, line and paragraph separators.
const moving = '\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff';
const unprintable = new RegExp(`[\\u0000-\\u001f${moving}]`, 'g');
const unprintableInLines = new RegExp(`[\\u0000-\\u0008\\u000b-\\u001f${moving}]`, 'g');
const unprintableInJson = new RegExp(`[${moving}]`, 'g');

/** Text as a terminal may get it: what would move the cursor, or be read as a command, becomes `?`. */
export const printable = (text: string): string => text.replace(unprintable, '?');

/** The same for a text of several lines: line ends and tabs stay. */
export const printableLines = (text: string): string => text.replace(unprintableInLines, '?');

/** JSON text for a terminal: what `printable` replaces is escaped, so that it means the same. */
export const printableJson = (json: string): string =>
  json.replace(unprintableInJson, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
