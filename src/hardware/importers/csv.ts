/** CSV as the measurement tools and spreadsheets write it: a header, then rows whose columns go by its names. */
import { MixnasError } from '../../base/index.js';
import { type CsvRecord, csvRecords } from './csv-text.js';
import { decimalsOf, FileDecimals } from './decimal.js';
import { isOpen } from './lines.js';

/** What the rows of a file share. */
interface CsvFile {
  readonly what: string;
  readonly delimiter: string;
  readonly decimals: FileDecimals;
}

/** One row: a column's text by its name, and the line it stands on, for messages. */
export class CsvRow {
  constructor(
    private readonly fields: readonly string[],
    private readonly columns: ReadonlyMap<string, number>,
    private readonly file: CsvFile,
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
    const { decimals, delimiter } = this.file;
    const value = decimals.read(this.text(column), delimiter !== ',');
    if (typeof value === 'number') return value;
    throw this.error(`${column} ${value}`);
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
    const sentence = `${this.file.what}: line ${this.line}: ${problem}.`;
    return new MixnasError('bad-data', sentence, remedy === undefined ? {} : { remedy });
  }
}

const namesOf = ({ fields }: CsvRecord) => fields.map((name) => name.trim());

function columnsOf(record: CsvRecord, what: string, wanted: readonly string[]): Map<string, number> {
  const names = namesOf(record);
  const missing = wanted.find((column) => !names.includes(column));
  if (missing !== undefined) {
    throw new MixnasError('bad-data', `${what}: there is no column ${missing}.`, {
      remedy: `The header has to name ${wanted.join(', ')}${names.length === 1 ? ', separated by commas, semicolons or tabs' : ''}.`,
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

/** Rows must have the header's fields: a number with a decimal comma would else move all that follow. */
function checkFields({ fields, line, delimiter }: CsvRecord, columns: number, what: string): void {
  if (fields.length === columns) return;
  const more = fields.length > columns;
  const cause =
    delimiter === ','
      ? 'are there decimal commas, or commas in a name without quotation marks'
      : 'is there a separator in a name';
  throw new MixnasError(
    'bad-data',
    `${what}: line ${line} has ${fields.length} of ${columns} fields; ${more ? cause : 'is the file cut off'}?`,
  );
}

/** Notices a last number that may have lost its end: it has fewer digits than those above, and no line break. */
class LastDigits {
  #least = Number.POSITIVE_INFINITY;
  #most = 0;
  #rows = 0;

  constructor(
    private readonly what: string,
    private readonly onWarning: ((sentence: string) => void) | undefined,
  ) {}

  check({ fields, line }: CsvRecord, open: boolean): void {
    const text = fields.at(-1)?.trim() ?? '';
    if (!/^[\d.,]+$/.test(text)) return;
    const digits = decimalsOf(text);
    if (open && digits < this.#least) this.#doubt(line, digits);
    this.#least = Math.min(this.#least, digits);
    this.#most = Math.max(this.#most, digits);
    this.#rows++;
  }

  #doubt(line: number, digits: number): void {
    const fewer = this.#rows > 0 ? 'fewer digits than the others and ' : '';
    const sentence = `${this.what}: line ${line}, the last, has ${fewer}no line break; is the file cut off?`;
    // Programs that round write as many digits in each row, a few; others write all that a number has.
    if (this.#rows >= 2 && this.#least >= 2 && this.#least <= 6 && this.#least === this.#most) {
      throw new MixnasError('bad-data', sentence, { remedy: 'If it is whole, end it with a line break.' });
    }
    if (digits === 0 || this.#rows === 0) this.onWarning?.(sentence);
  }
}

/**
 * Yields the rows of a CSV text one by one.
 * @param wanted columns that must be there.
 * @param onWarning receives what may be wrong with the end of the file.
 * @throws MixnasError `bad-data` that names the missing column, or the line that is cut off.
 */
export function* csvRows(
  lines: Iterable<string>,
  what: string,
  wanted: readonly string[],
  onWarning?: (sentence: string) => void,
): Generator<CsvRow> {
  let columns: Map<string, number> | undefined;
  let header: readonly string[] = [];
  let file: CsvFile | undefined;
  const last = new LastDigits(what, onWarning);
  for (const record of csvRecords(lines, what)) {
    if (columns === undefined || file === undefined) {
      columns = columnsOf(record, what, wanted);
      header = [...columns.keys()];
      file = { what, delimiter: record.delimiter, decimals: new FileDecimals() };
      continue;
    }
    checkFields(record, columns.size, what);
    last.check(record, isOpen(lines));
    yield new CsvRow(record.fields, columns, file, record.line, header);
  }
  if (columns === undefined) throw new MixnasError('bad-data', `${what}: the file is empty.`);
}

/** The column names of a CSV text; empty when it has no line. */
export function csvHeader(lines: Iterable<string>, what: string): string[] {
  for (const record of csvRecords(lines, what)) return namesOf(record);
  return [];
}
