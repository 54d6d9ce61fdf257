/** Records of a CSV text as tools and spreadsheets write it: commas, semicolons or tabs, quotes, line breaks in quotes. */
import { MixnasError } from '../../base/index.js';

/** A quoted field that is longer than this has lost its closing quotation mark. */
const mostQuotedLines = 1000;

export interface CsvRecord {
  readonly fields: readonly string[];
  /** Of its first line, from 1. */
  readonly line: number;
  /** What separates fields in this file. */
  readonly delimiter: string;
}

/** Excel's own first line: `sep=;`. */
const separatorLine = /^"?sep=(.|\\t)"?$/i;

/** The separator that occurs most often outside quotes; commas where none does. */
function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"(?:[^"]|"")*"/g, '');
  const count = (mark: string) => bare.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** A field at the start of `text`, the rest behind its separator, or undefined while its quotes are open. */
type Field = { readonly value: string; readonly rest: string | undefined } | undefined;

function firstField(text: string, delimiter: string): Field {
  const quoted = /^\s*"/.exec(text);
  if (quoted === null) {
    const end = text.indexOf(delimiter);
    return end < 0
      ? { value: text, rest: undefined }
      : { value: text.slice(0, end), rest: text.slice(end + 1) };
  }
  for (let at = quoted[0].length; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0) return undefined;
    if (text[at + 1] === '"') continue;
    const after = text.slice(at + 1);
    const end = after.indexOf(delimiter);
    const between = end < 0 ? after : after.slice(0, end);
    // Not a quoted field, but one that begins with a word in quotes.
    const value =
      between.trim() === ''
        ? text.slice(quoted[0].length, at).replaceAll('""', '"')
        : text.slice(0, at + 1) + between;
    return { value, rest: end < 0 ? undefined : after.slice(end + 1) };
  }
}

/** The fields of a record; undefined while a quoted field is not closed. */
function fieldsOf(text: string, delimiter: string): string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  for (let rest: string | undefined = text; rest !== undefined; ) {
    const field: Field = firstField(rest, delimiter);
    if (field === undefined) return undefined;
    fields.push(field.value);
    ({ rest } = field);
  }
  return fields;
}

/**
 * Yields the records of a CSV text that are not empty, the header first.
 * @throws MixnasError `bad-data` where a quotation mark is not closed.
 */
export function* csvRecords(lines: Iterable<string>, what: string): Generator<CsvRecord> {
  let delimiter: string | undefined;
  let pending = '';
  let begin = 0;
  let line = 0;
  const unclosed = () =>
    new MixnasError(
      'bad-data',
      `${what}: line ${begin}: a quotation mark is not closed; is the file cut off?`,
    );
  for (const raw of lines) {
    line++;
    const own = line === 1 ? raw.replace(/^\uFEFF/, '') : raw;
    if (pending === '') begin = line;
    // Tabs at the end of a line are empty fields.
    const text = pending === '' ? own.replace(/[ \r]+$/, '') : `${pending}\n${own}`;
    if (pending === '' && text.trim() === '') continue;
    if (delimiter === undefined && pending === '') {
      const named = separatorLine.exec(text)?.[1];
      if (named !== undefined) {
        delimiter = named === '\\t' ? '\t' : named;
        continue;
      }
    }
    const mark: string = delimiter ?? delimiterOf(text);
    const fields = fieldsOf(text, mark);
    if (fields === undefined) {
      pending = text;
      if (line - begin > mostQuotedLines) throw unclosed();
      continue;
    }
    pending = '';
    delimiter = mark;
    yield { fields, line: begin, delimiter };
  }
  if (pending !== '') throw unclosed();
}
