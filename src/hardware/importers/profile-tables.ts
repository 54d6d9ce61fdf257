/** The tables of operators in what benchmark_model printed, each whole or refused. */
import { MixnasError } from '../../base/index.js';
import { isOpen } from './lines.js';
import { type LogLine, logLines } from './log-lines.js';
import { isTableHeader, type TableForm, type TableRow, tableForm, tableRow } from './profile-row.js';

/** No network has more operators. */
const mostRows = 100_000;

/** One table of operators. */
export interface OpTable {
  /** Operators in the order in which they ran; otherwise the slowest ones. */
  readonly order: 'run' | 'time' | 'unknown';
  /** What the table is of: the network, its initialisation, a subgraph of it, or what a delegate did inside. */
  readonly of: 'network' | 'initialisation' | 'subgraph' | 'delegate';
  readonly line: number;
  readonly rows: readonly TableRow[];
}

export interface ProfileText {
  readonly tables: readonly OpTable[];
  /** Times of the whole network in µs, each once. */
  readonly inferencesUs: readonly number[];
}

interface Open {
  readonly header: LogLine;
  readonly form: TableForm;
  readonly order: OpTable['order'];
  readonly of: OpTable['of'];
  readonly rows: TableRow[];
  readonly names: Map<string, number>;
}

/** Lines that stand around tables: one of them ends a table whose empty line was lost. */
const around =
  /^\s*(?:={3,}|Number of nodes executed|Timings \(|Memory \(|\d+ nodes observed|Operator-wise Profiling|Profiling Info|Primary graph|Subgraph \(|Delegate internal|Inference timings|Average inference|[`~]{3}|-{3,}\s*$)/;

function wrongRow(what: string, line: LogLine, form: TableForm): MixnasError {
  const commas = /\s\d+,\d{2,}(?:\s|%)/.test(line.text) && !form.csv;
  return new MixnasError(
    'bad-data',
    `${what}: line ${line.number}: this is not a whole row of the table of operators${commas ? ': its numbers have decimal commas' : ''}; is the file cut off, wrapped or edited?`,
    {
      remedy: commas
        ? 'Write the numbers with decimal points.'
        : 'Give the file as benchmark_model wrote it, for example by --profiling_output_csv_file.',
    },
  );
}

/** Sums of a column that grows with the rows above; where rows are lost or moved they no longer fit. */
function checkSums(what: string, { rows, header, order }: Open, atEnd: boolean): void {
  const steps = rows.map(({ share, sum }, i) => sum - (rows[i - 1]?.sum ?? 0) - share);
  // Six digits in CSV, three decimals in text, and sums in single precision.
  const fits = steps.map((step) => Math.abs(step) <= 0.01);
  // Of few rows the sums tell little, but where the file ends in the midst of a table.
  const enough = rows.length >= 3 || (atEnd && order === 'run' && rows.length > 0);
  const cumulative = enough && fits.filter(Boolean).length >= 0.8 * rows.length;
  if (!cumulative) return;
  const wrong = fits.indexOf(false);
  const lost = (where: string) =>
    new MixnasError(
      'bad-data',
      `${what}: the table of operators at line ${header.number} is not whole: ${where}.`,
      { remedy: 'Give the file as benchmark_model wrote it.' },
    );
  if (wrong >= 0) {
    const { name, type } = rows[wrong] as TableRow;
    throw lost(`before ${name || type} the percentages do not add up, so rows are missing or moved`);
  }
  const end = rows.at(-1)?.sum ?? 100;
  if (order !== 'time' && end < 99) throw lost(`it ends at ${end} % of the time, so its end is missing`);
}

function closed(what: string, open: Open, atEnd: boolean): OpTable {
  checkSums(what, open, atEnd);
  const { order, of, rows, header } = open;
  return { order, of, rows, line: header.number };
}

function addRow(what: string, open: Open, line: LogLine): void {
  const row = tableRow(open.form, line.text);
  if (row === undefined) throw wrongRow(what, line, open.form);
  const first = open.names.get(row.name);
  if (first !== undefined && row.name !== '') {
    throw new MixnasError(
      'bad-data',
      `${what}: line ${line.number}: the operator of line ${first} is listed again in the same table; are two logs mixed?`,
    );
  }
  open.names.set(row.name, line.number);
  open.rows.push(row);
  if (open.rows.length > mostRows) {
    throw new MixnasError('bad-data', `${what}: line ${line.number}: no network has so many rows.`);
  }
}

/**
 * Reads what benchmark_model printed, of 2018 or of today, text or CSV, also as a log, a mail or an issue keeps it.
 * @throws MixnasError `bad-data` for a table that is not whole, with its line.
 */
export function profileTables(lines: Iterable<string>, what: string): ProfileText {
  const tables: OpTable[] = [];
  const inferences = new Set<number>();
  let open: Open | undefined;
  let [order, of]: [OpTable['order'], OpTable['of']] = ['unknown', 'network'];
  const close = (atEnd = false) => {
    if (open !== undefined) tables.push(closed(what, open, atEnd));
    open = undefined;
    order = 'unknown';
  };
  for (const line of logLines(lines)) {
    const { text } = line;
    // Another process of the same log has nothing to do with the table.
    if (open !== undefined && line.source !== open.header.source) continue;
    if (open !== undefined && text.trim() !== '' && !around.test(text) && !isTableHeader(text)) {
      addRow(what, open, line);
      continue;
    }
    const title = /={3,}\s*(Run Order|Top by|Summary by)/i.exec(text)?.[1];
    const section = sectionOf(text);
    if (open !== undefined) close();
    if (title !== undefined) order = /run/i.test(title) ? 'run' : 'time';
    if (section !== undefined) of = section;
    const wholeUs = inferenceUs(text);
    // A last line that has no line break may have lost digits.
    if (wholeUs !== undefined && !isOpen(lines)) inferences.add(wholeUs);
    if (!isTableHeader(text)) continue;
    const form = tableForm(text);
    if (typeof form === 'string') {
      throw new MixnasError('bad-data', `${what}: line ${line.number}: ${form}.`);
    }
    if (form !== undefined) open = { header: line, form, order, of, rows: [], names: new Map() };
    else order = 'unknown';
  }
  close(true);
  return { tables, inferencesUs: [...inferences] };
}

function sectionOf(text: string): OpTable['of'] | undefined {
  if (/Profiling Info for Benchmark Initialization/i.test(text)) return 'initialisation';
  if (/Operator-wise Profiling Info|^\s*Primary graph/i.test(text)) return 'network';
  if (/^\s*Subgraph \(index/i.test(text)) return 'subgraph';
  return /^\s*Delegate internal/i.test(text) ? 'delegate' : undefined;
}

/** µs of the whole network, as it is printed today or as it was in 2018. */
function inferenceUs(text: string): number | undefined {
  const match =
    /\bInference \(avg\):\s*([\d.]+(?:[eE][-+]?\d+)?)/.exec(text) ??
    /\bAverage inference timings in us:.*\bno stats:\s*([\d.]+(?:[eE][-+]?\d+)?)/.exec(text);
  const us = Number(match?.[1]);
  return us > 0 && Number.isFinite(us) ? us : undefined;
}
