/** CSV as the measurement tools write it: a header, commas, quotes where a field holds a comma. */
import { MixnasError } from '../../base/index.js';

/** The fields of one line; a quoted field may hold commas and doubled quotes. */
function splitLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === '') break;
  }
  return fields;
}

/** One row: a column's text by its name, and the line it stands on, for messages. */
export class CsvRow {
  constructor(
    private readonly fields: readonly string[],
    private readonly columns: ReadonlyMap<string, number>,
    private readonly what: string,
    readonly line: number,
    /** Names of all columns. */
    readonly header: readonly string[],
  ) {}

  /** '' where there is no such column. */
  text(column: string): string {
    return this.fields[this.columns.get(column) ?? -1]?.trim() ?? '';
  }

  /** @throws MixnasError `bad-data` when it is not a finite number. */
  number(column: string): number {
    const text = this.text(column);
    const value = Number(text);
    if (text !== '' && Number.isFinite(value)) return value;
    throw this.error(`${column} is "${text}", not a number`);
  }

  /** A number above 0. @throws MixnasError `bad-data`. */
  positive(column: string): number {
    const value = this.number(column);
    if (value > 0) return value;
    throw this.error(`${column} is ${value}, not above 0`);
  }

  /** A number, 0 or above. @throws MixnasError `bad-data`. */
  notNegative(column: string): number {
    const value = this.number(column);
    if (value >= 0) return value;
    throw this.error(`${column} is ${value}, below 0`);
  }

  /** Something wrong with this row, as one sentence. */
  error(problem: string, remedy?: string): MixnasError {
    const sentence = `${this.what}: line ${this.line}: ${problem}.`;
    return new MixnasError('bad-data', sentence, remedy === undefined ? {} : { remedy });
  }
}

function columnsOf(text: string, what: string, wanted: readonly string[]): Map<string, number> {
  const names = splitLine(text.replace(/^\uFEFF/, '')).map((name) => name.trim());
  const missing = wanted.find((column) => !names.includes(column));
  if (missing !== undefined) {
    throw new MixnasError('bad-data', `${what}: there is no column ${missing}.`, {
      remedy: `The header has to name ${wanted.join(', ')}.`,
    });
  }
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new MixnasError('bad-data', `${what}: there are two columns ${twice}.`, {
      remedy: 'Rename or remove one of them.',
    });
  }
  return new Map(names.map((name, i) => [name === '' ? `column ${i + 1}` : name, i]));
}

/**
 * Yields the rows of a CSV text one by one.
 * @param wanted columns that must be there.
 * @throws MixnasError `bad-data` that names the missing column, or the line that is cut off.
 */
export function* csvRows(
  lines: Iterable<string>,
  what: string,
  wanted: readonly string[],
): Generator<CsvRow> {
  let columns: Map<string, number> | undefined;
  let header: readonly string[] = [];
  let line = 0;
  for (const raw of lines) {
    line++;
    const text = raw.trimEnd();
    if (text === '') continue;
    if (columns === undefined) {
      columns = columnsOf(text, what, wanted);
      header = [...columns.keys()];
      continue;
    }
    const fields = splitLine(text);
    if (fields.length !== columns.size) {
      throw new MixnasError(
        'bad-data',
        `${what}: line ${line} has ${fields.length} of ${columns.size} fields; is the file cut off?`,
      );
    }
    yield new CsvRow(fields, columns, what, line, header);
  }
  if (columns === undefined) throw new MixnasError('bad-data', `${what}: the file is empty.`);
}

/** The column names of a CSV text; empty when it has no line. */
export function csvHeader(lines: Iterable<string>): string[] {
  for (const line of lines) {
    if (line.trim() !== '')
      return splitLine(line.replace(/^\uFEFF/, '').trimEnd()).map((name) => name.trim());
  }
  return [];
}
