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
export interface CsvRow {
  readonly line: number;
  readonly header: readonly string[];
  text(column: string): string;
  /** @throws MixnasError `bad-data` when it is not a finite number. */
  number(column: string): number;
}

/**
 * Yields the rows of a CSV text one by one.
 * @param columns that must be there.
 * @throws MixnasError `bad-data` that names the missing column, or the line that is cut off.
 */
export function* csvRows(
  lines: Iterable<string>,
  what: string,
  columns: readonly string[],
): Generator<CsvRow> {
  let header: Map<string, number> | undefined;
  let line = 0;
  for (const raw of lines) {
    line++;
    const text = raw.trimEnd();
    if (text === '') continue;
    if (header === undefined) {
      const names = splitLine(text.replace(/^\uFEFF/, '')).map((name) => name.trim());
      header = new Map(names.map((name, i) => [name, i]));
      const missing = columns.find((column) => !names.includes(column));
      if (missing !== undefined) {
        throw new MixnasError('bad-data', `${what}: there is no column ${missing}.`, {
          remedy: `The header has to name ${columns.join(', ')}.`,
        });
      }
      continue;
    }
    const fields = splitLine(text);
    if (fields.length !== header.size) {
      throw new MixnasError(
        'bad-data',
        `${what}: line ${line} has ${fields.length} of ${header.size} fields; is the file cut off?`,
      );
    }
    yield csvRow(fields, header, what, line);
  }
  if (header === undefined) throw new MixnasError('bad-data', `${what}: the file is empty.`);
}

function csvRow(fields: string[], header: Map<string, number>, what: string, line: number): CsvRow {
  const text = (column: string) => fields[header.get(column) ?? -1]?.trim() ?? '';
  return {
    line,
    header: [...header.keys()],
    text,
    number(column) {
      const value = Number(text(column));
      if (text(column) !== '' && Number.isFinite(value)) return value;
      throw new MixnasError(
        'bad-data',
        `${what}: line ${line}: ${column} is "${text(column)}", not a number.`,
      );
    },
  };
}
