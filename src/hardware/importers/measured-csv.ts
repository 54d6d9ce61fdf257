/**
 * A user's own measurements as simple CSV files: kernels (`op,size,input,output,kernel,stride,us` and, where
 * they are not 1, 1, 0: `dilation,groups,fused`; `model` where known) and whole networks (`model,ms`).
 */
import { MixnasError } from '../../base/index.js';
import { type Kernel, type KernelOp, kernelOps } from '../kernel.js';
import { type CsvRow, csvRows } from './csv.js';

export const kernelCsvColumns = ['op', 'size', 'input', 'output', 'kernel', 'stride', 'us'] as const;

/** One timed kernel and the network it ran in; '' when that is not said. */
export interface TimedLaunch {
  readonly model: string;
  readonly kernel: Kernel;
  readonly us: number;
}

function positive(row: CsvRow, column: string, what: string): number {
  const value = row.number(column);
  if (value > 0) return value;
  throw new MixnasError('bad-data', `${what}: line ${row.line}: ${column} is ${value}, not above 0.`);
}

function whole(row: CsvRow, column: string, what: string, otherwise?: number): number {
  if (otherwise !== undefined && row.text(column) === '') return otherwise;
  const value = row.number(column);
  if (Number.isInteger(value) && value >= (otherwise === 0 ? 0 : 1)) return value;
  throw new MixnasError('bad-data', `${what}: line ${row.line}: ${column} is ${value}, not a whole number.`);
}

/** Yields the rows of a kernel file. @throws MixnasError `bad-data` that names line and column. */
export function* importKernels(lines: Iterable<string>, what: string): Generator<TimedLaunch> {
  for (const row of csvRows(lines, what, kernelCsvColumns)) {
    const op = row.text('op') as KernelOp;
    if (!kernelOps.includes(op)) {
      throw new MixnasError('bad-data', `${what}: line ${row.line}: unknown op ${op}.`, {
        remedy: `Known are ${kernelOps.join(', ')}.`,
      });
    }
    const kernel: Kernel = {
      op,
      size: whole(row, 'size', what),
      input: whole(row, 'input', what),
      output: whole(row, 'output', what),
      kernel: whole(row, 'kernel', what),
      stride: whole(row, 'stride', what),
      dilation: whole(row, 'dilation', what, 1),
      groups: whole(row, 'groups', what, 1),
      fused: whole(row, 'fused', what, 0),
    };
    yield { model: row.text('model'), kernel, us: positive(row, 'us', what) };
  }
}

/** Yields model and milliseconds of each row of a networks file. @throws MixnasError `bad-data`. */
export function* importNetworks(
  lines: Iterable<string>,
  what: string,
): Generator<{ readonly model: string; readonly ms: number }> {
  for (const row of csvRows(lines, what, ['model', 'ms'])) {
    yield { model: row.text('model'), ms: positive(row, 'ms', what) };
  }
}
