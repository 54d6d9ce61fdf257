/**
 * The two CSV files of mobile-ml-benchmark (Li, Paolieri and Golubchik, EdgeSys 2024): kernel times of
 * TFLite's GPU delegate, and end-to-end times. Of a kernel's name only what follows `linked_:_` is read, the
 * activations and additions that were fused into it, and the numbers of ops.
 */
import { MixnasError } from '../../base/index.js';
import type { Kernel, KernelOp } from '../kernel.js';
import { type CsvRow, csvRows } from './csv.js';
import type { Launch } from './implied.js';
import type { NamedLaunch } from './separate.js';

/** One launch of a kernel and its time on each device (undefined: not asked for). */
export interface ImportedLaunch extends Launch, NamedLaunch {
  readonly network: string;
  readonly us: readonly number[];
}

export const opsColumns = [
  'model',
  'op',
  'input_padded',
  'in_channels',
  'output',
  'stride',
  'kernel',
  'filters',
  'groups',
] as const;

/** A kernel's name: what was fused into it, and the numbers of its first and last op, where it has them. */
function nameParts(name: string): { merged: string[]; first: number | undefined; last: number | undefined } {
  const parts = name.split('_linked_:_');
  const numbers = parts.map((part) => /_(\d{1,6})$/.exec(part)?.[1]);
  const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return {
    merged: parts.slice(1).map((part) => part.replace(/_\d+$/, '')),
    first: numberOf(numbers[0]),
    last: numberOf(numbers.at(-1)),
  };
}

/** A padding of its own is in the numbers of ops, and in the input's size where that is not what was padded. */
function isPadded(row: CsvRow, { op, size, stride }: Kernel, skipped: number): boolean {
  const mayBe = op === 'conv' || op === 'depthwise' || op === 'max-pool';
  return mayBe && skipped > 0 && row.number('input_padded') > size * stride;
}

/** The kernel of a row. For MEAN `output` holds the channels; CONCATENATION's `kernel` counts its inputs. */
function kernelOf(row: CsvRow, fused: number): Kernel {
  const make = (
    op: KernelOp,
    size: number,
    input: number,
    output: number,
    rest: Partial<Kernel> = {},
  ): Kernel => ({
    op,
    size,
    input,
    output,
    kernel: 1,
    stride: 1,
    dilation: 1,
    groups: 1,
    fused,
    ...rest,
  });
  const n = (column: string) => row.number(column);
  const op = row.text('op');
  switch (op) {
    case 'CONV_2D': {
      const dense = n('output') === 1 && n('kernel') === 1;
      const window = { kernel: n('kernel'), stride: dense ? 1 : n('stride') };
      return make(dense ? 'dense' : 'conv', n('output'), n('in_channels'), n('filters'), window);
    }
    case 'CONV_2D_GROUP': {
      const window = { kernel: n('kernel'), stride: n('stride'), groups: n('groups') };
      return make('grouped', n('output'), n('in_channels'), n('filters'), window);
    }
    case 'DEPTHWISE_CONV_2D': {
      const window = { kernel: n('kernel'), stride: n('stride') };
      return make('depthwise', n('output'), n('in_channels'), n('in_channels'), window);
    }
    case 'FULLY_CONNECTED':
      return make('dense', 1, n('in_channels'), n('filters'));
    case 'MEAN':
      return make('mean', n('input_padded'), n('in_channels'), n('in_channels'));
    case 'MAX_POOL_2D':
    case 'AVERAGE_POOL_2D': {
      if (n('output') === 1) return make('mean', n('input_padded'), n('in_channels'), n('in_channels'));
      const window = { kernel: n('kernel'), stride: n('stride') };
      const pool = op === 'MAX_POOL_2D' ? 'max-pool' : 'average-pool';
      return make(pool, n('output'), n('in_channels'), n('in_channels'), window);
    }
    case 'CONCATENATION':
      return make('concat', n('output'), n('filters'), n('filters'), { kernel: n('kernel') });
    default:
      throw row.error(`unknown op ${op}`);
  }
}

/**
 * Yields the launches of an ops file in its order.
 * @param prefixes of the devices' columns; `PREFIX_us` holds the times. Empty: shapes only, no time is read.
 * @throws MixnasError `bad-data` that names line and column.
 */
export function* importGpuOps(
  lines: Iterable<string>,
  what: string,
  prefixes: readonly string[],
): Generator<ImportedLaunch> {
  /** Every device's column has the same fusions; the first one is read. */
  let names: string | undefined;
  const columns = [...opsColumns, ...prefixes.map((p) => `${p}_us`)];
  /** The number of each network's latest op. */
  const latest = new Map<string, number>();
  for (const row of csvRows(lines, what, columns)) {
    const us = prefixes.map((prefix) => row.positive(`${prefix}_us`));
    names ??= row.header.find((column) => column.endsWith('_kernel')) ?? '';
    const { merged, first, last } = nameParts(row.text(names));
    const adds = merged.filter((op) => op.startsWith('add')).length;
    const network = row.text('model');
    const kernel = kernelOf(row, adds);
    const skipped =
      first === undefined ? 0 : Math.min(12, Math.max(0, first - (latest.get(network) ?? -1) - 1));
    if (last !== undefined) latest.set(network, last);
    yield {
      network,
      kernel,
      activated: adds < merged.length,
      merged,
      skipped,
      isPadded: isPadded(row, kernel, skipped),
      us,
    };
  }
}

/** A network's end-to-end mean and standard deviation (0 where unknown) in µs. */
export interface ImportedNetwork {
  readonly network: string;
  readonly meanUs: number;
  readonly deviationUs: number;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Endings of columns of times; the last is of files that name each setting, such as `pixel4|1large|float|mean`. */
type Suffix = '_us' | '_mean_us' | 'mean';

/** Beginnings of the columns that end so. */
const prefixesOf = (header: readonly string[], suffix: Suffix) =>
  header.filter((column) => column.endsWith(suffix)).map((column) => column.slice(0, -suffix.length));

function noColumn(what: string, device: string, times: string, columns: readonly string[]): MixnasError {
  const shown = columns.slice(0, 8).join(', ');
  const more = columns.length > 8 ? ` and ${columns.length - 8} more` : '';
  return new MixnasError('bad-data', `${what}: no column of ${times} is called like ${device}.`, {
    remedy: `It has ${shown || 'none'}${more}; name one with --prefix, without its ending.`,
  });
}

/**
 * The prefix of the columns of a device, of those that end in `suffix`: the one like its name (`adreno-640`:
 * `adreno640`), or the only one.
 * @throws MixnasError `bad-data` when there is none, or it is not clear which.
 */
export function devicePrefix(
  header: readonly string[],
  suffix: '_us' | '_mean_us',
  device: string,
  what: string,
): string {
  const prefixes = prefixesOf(header, suffix);
  const like = prefixes.find((prefix) => prefix !== '' && plain(device).startsWith(plain(prefix)));
  const found = like ?? (prefixes.length === 1 ? prefixes[0] : undefined);
  if (found !== undefined) return found;
  const columns = prefixes.map((prefix) => prefix + suffix);
  throw noColumn(what, device, suffix === '_us' ? 'times' : 'end-to-end times', columns);
}

/** Whether a header is of end-to-end times by device. */
export const hasMeans = (header: readonly string[]): boolean =>
  header.some((column) => /(?:_mean_us|\bmean|[|_]mean)$/.test(column));

/** The columns of a device's mean and deviation in µs. */
function meanColumns(
  header: readonly string[],
  device: string,
  what: string,
): { mean: string; deviation: string } {
  // A setting is named in full: the beginning of a longer name is another one.
  const setting = prefixesOf(header, 'mean').find(
    (prefix) => prefix === device || (prefix !== '' && plain(prefix) === plain(device)),
  );
  if (setting !== undefined) return { mean: `${setting}mean`, deviation: `${setting}std` };
  const settings = prefixesOf(header, 'mean');
  if (settings.length > 0 && !header.some((column) => column.endsWith('_mean_us'))) {
    const [only] = settings;
    if (settings.length === 1) return { mean: `${only}mean`, deviation: `${only}std` };
    throw noColumn(
      what,
      device,
      'end-to-end times',
      settings.map((prefix) => `${prefix}mean`),
    );
  }
  const prefix = devicePrefix(header, '_mean_us', device, what);
  return { mean: `${prefix}_mean_us`, deviation: `${prefix}_std_us` };
}

/**
 * Yields the rows of an end-to-end file for one device; a network without a time was not measured on it.
 * @throws MixnasError `bad-data`.
 */
export function* importGpuEndToEnd(
  lines: Iterable<string>,
  what: string,
  device: string,
): Generator<ImportedNetwork> {
  let columns: ReturnType<typeof meanColumns> | undefined;
  for (const row of csvRows(lines, what, ['model'])) {
    columns ??= meanColumns(row.header, device, what);
    const { mean, deviation } = columns;
    if (row.text(mean) === '') continue;
    const meanUs = row.positive(mean);
    yield {
      network: row.text('model'),
      meanUs,
      deviationUs: row.text(deviation) === '' ? 0 : row.notNegative(deviation),
    };
  }
}
