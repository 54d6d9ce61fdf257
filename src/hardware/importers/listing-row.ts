/** One line of a listing: `squeezenet  min = 3.31  max = 3.45  avg = 3.37`, with units or without. */
import { MixnasError } from '../../base/index.js';
import { decimalOf, hasDecimalComma } from './decimal.js';
import type { LogLine } from './log-lines.js';

export interface ListingRow {
  readonly model: string;
  readonly ms: number;
  /** As it stands there, for digits. */
  readonly text: string;
  readonly line: number;
}

const statistic = /\b(min|max|avg|median|cavg|std)\s*=\s*/gi;
/** ms in one of each unit; nothing is ms, as ncnn writes it. */
const units: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['msec', 1],
  ['s', 1000],
  ['sec', 1000],
  ['us', 0.001],
  ['usec', 0.001],
  ['µs', 0.001],
  ['μs', 0.001],
  ['ns', 1e-6],
]);

/** Whether a line is of such a listing. */
export const isListingRow = (text: string): boolean => /\bavg\s*=/i.test(text);

/** The ms of a text such as `3.37`, `21.991ms` or `1.33 s`. */
function msOf(name: string, text: string, error: (problem: string) => MixnasError): number {
  const [, digits = '', unit = ''] = /^(\S*?)\s*([a-zµμ]*(?:\/s)?)[,;]?$/i.exec(text.trim()) ?? [
    undefined,
    text,
  ];
  if (/\/s$|^fps$/i.test(unit)) throw error(`${name} is ${text.trim()}, a rate; times are needed`);
  const value = decimalOf(digits);
  const factor = units.get(unit.toLowerCase());
  if (value !== undefined && factor === undefined) throw error(`${name} is in "${unit}", not in ms, us or s`);
  if (value === undefined && hasDecimalComma(digits)) {
    throw error(`${name} is ${digits}: write it with a decimal point`);
  }
  if (value === undefined || factor === undefined || !(value > 0)) {
    throw error(`${name} is ${text.trim() || 'missing'}, not above 0`);
  }
  return value * factor;
}

/** `[ - ] MobileNetV2_224.mnn` and `mobilenet_v2:` name a network. */
function nameOf(before: string): string[] {
  return before
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/)
    .filter((word) => /\w/.test(word))
    .map((word) => word.replace(/:$/, '').replace(/\.(mnn|param|tflite|onnx)$/i, ''));
}

/** @throws MixnasError `bad-data` for a line without a time, or one whose average lies beyond its extremes. */
export function listingRow({ text, number }: LogLine, what: string): ListingRow {
  const error = (problem: string) => new MixnasError('bad-data', `${what}: line ${number}: ${problem}.`);
  const marks = [...text.matchAll(statistic)];
  const values = new Map<string, { readonly text: string; readonly ms: number }>();
  marks.forEach((mark, i) => {
    const value = text.slice(mark.index + mark[0].length, marks[i + 1]?.index).trim();
    const name = (mark[1] as string).toLowerCase();
    if (name === 'std') return;
    if (values.has(name)) throw error(`${name} is given twice; are two lines joined?`);
    values.set(name, { text: value, ms: msOf(name, value, error) });
  });
  const average = values.get('avg') as { readonly text: string; readonly ms: number };
  const [least, most] = [values.get('min')?.ms ?? 0, values.get('max')?.ms ?? Number.POSITIVE_INFINITY];
  // Each is rounded for itself.
  if (average.ms < least * 0.99 - 0.01 || average.ms > most * 1.01 + 0.01) {
    throw error(`the average of ${average.ms} ms is not between min and max; is the line cut off?`);
  }
  const [model, ...more] = nameOf(text.slice(0, marks[0]?.index));
  if (model === undefined) throw error('it does not name a network');
  if (model.startsWith('count=')) {
    throw new MixnasError(
      'bad-data',
      `${what}: line ${number}: this is the output of benchmark_model, not a listing.`,
      {
        remedy: 'Give its operators with --op-profile, or its average as a CSV file model,ms.',
      },
    );
  }
  if (more.length > 0) throw error(`"${[model, ...more].join(' ')}" is not the name of a network`);
  return { model, ms: average.ms, text: average.text, line: number };
}
