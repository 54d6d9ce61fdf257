/**
 * The two CSV files of mobile-ml-benchmark (Li, Paolieri and Golubchik, EdgeSys 2024): kernel times of
 * TFLite's GPU delegate, and end-to-end times. Of a kernel's name only what follows `linked_:_` is read:
 * the activations and additions that were fused into it.
 */
import { MixnasError } from '../../base/index.js';
import type { Kernel, KernelOp } from '../kernel.js';
import { type CsvRow, csvRows } from './csv.js';

/** One launch of a kernel and its time on each device (undefined: not asked for). */
export interface ImportedLaunch {
  readonly network: string;
  readonly kernel: Kernel;
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

/** How many additions are fused into the kernel of this name. */
function fusedAdds(name: string): number {
  const [, ...links] = name.split('_linked_:_');
  return links.filter((link) => /^add/.test(link)).length;
}

/** The kernel of a row. For MEAN `output` holds the channels; CONCATENATION's `kernel` counts its inputs. */
function kernelOf(row: CsvRow, what: string, fused: number): Kernel {
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
      throw new MixnasError('bad-data', `${what}: line ${row.line}: unknown op ${op}.`);
  }
}

/**
 * Yields the launches of an ops file in its order.
 * @param prefixes of the devices' columns; `PREFIX_us` holds the times. Empty: shapes only, no time is read.
 * @param names prefix of the `_kernel` column from which fused additions are read.
 * @throws MixnasError `bad-data` that names line and column.
 */
export function* importGpuOps(
  lines: Iterable<string>,
  what: string,
  prefixes: readonly string[],
  names: string,
): Generator<ImportedLaunch> {
  const columns = [...opsColumns, ...prefixes.map((p) => `${p}_us`)];
  for (const row of csvRows(lines, what, columns)) {
    const us = prefixes.map((prefix) => {
      const time = row.number(`${prefix}_us`);
      if (time > 0) return time;
      throw new MixnasError('bad-data', `${what}: line ${row.line}: ${prefix}_us is ${time}, not above 0.`);
    });
    const fused = fusedAdds(row.text(`${names}_kernel`));
    yield { network: row.text('model'), kernel: kernelOf(row, what, fused), us };
  }
}

/** A network's end-to-end mean and standard deviation in µs on each device. */
export interface ImportedNetwork {
  readonly network: string;
  readonly meanUs: readonly number[];
  readonly deviationUs: readonly number[];
}

/** Yields the rows of an end-to-end file. @throws MixnasError `bad-data`. */
export function* importGpuEndToEnd(
  lines: Iterable<string>,
  what: string,
  prefixes: readonly string[],
): Generator<ImportedNetwork> {
  const columns = ['model', ...prefixes.map((p) => `${p}_mean_us`)];
  for (const row of csvRows(lines, what, columns)) {
    const meanUs = prefixes.map((p) => row.number(`${p}_mean_us`));
    const deviationUs = prefixes.map((p) => (row.text(`${p}_std_us`) === '' ? 0 : row.number(`${p}_std_us`)));
    const wrong = meanUs.find((us) => us <= 0);
    if (wrong !== undefined) {
      throw new MixnasError('bad-data', `${what}: line ${row.line}: a time is ${wrong}, not above 0.`);
    }
    yield { network: row.text('model'), meanUs, deviationUs };
  }
}
