/**
 * The rows of benchmark_model's tables: a type, numbers, a name. Between them stand tabs, commas in CSV, or spaces where
 * tabs were lost; a type may hold spaces and commas (`Convolution (NHWC, F32) IGEMM`), a name anything. So a row is read
 * by the form of its numbers, which the header gives: no column can take the place of another.
 */

/** One row. */
export interface TableRow {
  readonly type: string;
  readonly name: string;
  /** ms of one call. */
  readonly averageMs: number;
  /** Calls in a run of the network. */
  readonly calls: number;
  /** Percent of the run, alone and with all rows above; NaN where the run took no time. */
  readonly share: number;
  readonly sum: number;
}

/** A table's columns, in its order, by what stands in them. */
export interface TableForm {
  readonly row: RegExp;
  readonly csv: boolean;
}

const number = String.raw`\d+(?:\.\d+)?(?:[eE][-+]?\d+)?`;
const percent = String.raw`[-+]?(?:nan|inf|${number})%`;

/** Name of the group and form of its text, by the column's title without brackets. */
const columns: readonly (readonly [title: RegExp, group: string, form: string])[] = [
  [/^start$/, 'start', number],
  [/^first$/, 'first', number],
  [/^avg[ _]?ms$|^avg$/, 'average', number],
  [/^%$/, 'share', percent],
  [/^cdf ?%$/, 'sum', percent],
  [/^mem kb$/, 'memory', number],
  [/^times called$/, 'calls', String.raw`\d+`],
];

/** Titles of a header, which CSV separates by commas and text puts into brackets. */
function titlesOf(header: string, csv: boolean): string[] {
  const titles = csv
    ? header.split(',')
    : [...header.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '');
  return titles.map((title) => title.trim().toLowerCase());
}

/** Whether a line begins a table of any kind. */
export const isTableHeader = (text: string) => /^\s*\[?node type\]?\s*(?:[,[\t]|$)/i.test(text);

/** A header's form; undefined for a summary by type, which has no names; or what it lacks, in words. */
export function tableForm(header: string): TableForm | string | undefined {
  const csv = !header.includes('[');
  const [, ...titles] = titlesOf(header, csv);
  if (titles.at(-1) !== 'name') {
    return titles.includes('count') ? undefined : 'the header of the table is cut off';
  }
  const fields: string[] = [];
  for (const title of titles.slice(0, -1)) {
    const column = columns.find(([pattern]) => pattern.test(title));
    if (column === undefined) return `the table has a column "${title}", which is not known`;
    fields.push(`(?<${column[1]}>${column[2]})`);
  }
  if (!fields.some((field) => field.startsWith('(?<average>'))) {
    return 'the header of the table names no column of average times';
  }
  const between = csv ? String.raw`\s*,\s*` : String.raw`\s+`;
  // The type is as short as the numbers allow: digits at its end would else count as a number.
  const row = new RegExp(
    `^\\s*(?<type>\\S.*?)${between}${fields.join(between)}(?:${between}(?<name>.*?))?\\s*$`,
  );
  return { row, csv };
}

/** A row; undefined where the text is none. */
export function tableRow({ row }: TableForm, text: string): TableRow | undefined {
  const groups = row.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { type = '', name = '', average, calls = '1', share = 'nan', sum = 'nan' } = groups;
  const averageMs = Number(average);
  if (!Number.isFinite(averageMs)) return undefined;
  return {
    type,
    name,
    averageMs,
    calls: Number(calls),
    share: Number.parseFloat(share),
    sum: Number.parseFloat(sum),
  };
}
