/**
 * A user's own measurements as simple CSV files: kernels (`op,size,input,output,kernel,stride,us` and, where
 * they are not 1, 1, 0: `dilation,groups,fused`; `model` where known) and whole networks (`model,ms`).
 */
import { MixnasError } from '../../base/index.js';
import { type Kernel, kernelKey, type KernelOp, kernelOps } from '../kernel.js';
import { type CsvRow, csvRows } from './csv.js';
import { Keeping } from './limits.js';

export const kernelCsvColumns = ['op', 'size', 'input', 'output', 'kernel', 'stride', 'us'] as const;

/** Receives what is odd about a file. */
type OnWarning = (sentence: string) => void;

/** One timed kernel and the network it ran in; '' when that is not said. */
export interface TimedLaunch {
  readonly model: string;
  readonly kernel: Kernel;
  readonly us: number;
}

function whole(row: CsvRow, column: string, otherwise?: number): number {
  if (otherwise !== undefined && row.text(column) === '') return otherwise;
  const value = row.number(column);
  if (Number.isInteger(value) && value >= (otherwise === 0 ? 0 : 1)) return value;
  throw row.error(`${column} is ${value}, not a whole number`);
}

/** @throws MixnasError `bad-data` that names line and column. */
function kernelOf(row: CsvRow): Kernel {
  const op = row.text('op') as KernelOp;
  if (!kernelOps.includes(op)) throw row.error(`unknown op ${op}`, `Known are ${kernelOps.join(', ')}.`);
  return {
    op,
    size: whole(row, 'size'),
    input: whole(row, 'input'),
    output: whole(row, 'output'),
    kernel: whole(row, 'kernel'),
    stride: whole(row, 'stride'),
    dilation: whole(row, 'dilation', 1),
    groups: whole(row, 'groups', 1),
    fused: whole(row, 'fused', 0),
  };
}

/** Yields the rows of a kernel file. @throws MixnasError `bad-data` that names line and column. */
export function* importKernels(
  lines: Iterable<string>,
  what: string,
  onWarning?: OnWarning,
): Generator<TimedLaunch> {
  for (const row of csvRows(lines, what, kernelCsvColumns, onWarning)) {
    yield { model: row.text('model'), kernel: kernelOf(row), us: row.positive('us') };
  }
}

/**
 * The kernels of each network of a list without times: the same columns, `model` for `us`.
 * @throws MixnasError `bad-data` that names line and column, or says that there are too many.
 */
export function importOpLists(
  lines: Iterable<string>,
  what: string,
  onWarning?: OnWarning,
): Map<string, Kernel[]> {
  const networks = new Map<string, Kernel[]>();
  const keeping = new Keeping(what);
  for (const row of csvRows(lines, what, ['model', ...kernelCsvColumns.filter((c) => c !== 'us')])) {
    const kernels = networks.get(row.text('model')) ?? [];
    networks.set(row.text('model'), kernels);
    keeping.launch();
    kernels.push(kernelOf(row));
  }
  for (const [model, kernels] of networks) checkRepeats(model, kernels, what);
  const [model, kernels] = [...networks].at(-1) ?? [];
  const last = kernels?.at(-1);
  if (last !== undefined && last.size > 1 && last.op !== 'mean') {
    onWarning?.(
      `${what}: ${model} ends with ${last.op} of ${last.size} pixels, not with a classifier; is the file cut off?`,
    );
  }
  return networks;
}

/** Each row twice is a mistake: no network runs every one of its different kernels twice in a row. */
function checkRepeats(model: string, kernels: readonly Kernel[], what: string): void {
  const keys = kernels.map(kernelKey);
  const doubled =
    keys.length >= 4 && keys.length % 2 === 0 && keys.every((key, i) => key === keys[i - (i % 2)]);
  if (!doubled || new Set(keys).size < 2) return;
  throw new MixnasError('bad-data', `${what}: every row of ${model} is listed twice.`, {
    remedy: 'List each kernel once for each time that it runs.',
  });
}

/** Yields model and milliseconds of each row of a networks file. @throws MixnasError `bad-data`. */
export function* importNetworks(
  lines: Iterable<string>,
  what: string,
  onWarning?: OnWarning,
): Generator<{ readonly model: string; readonly ms: number }> {
  for (const row of csvRows(lines, what, ['model', 'ms'], onWarning)) {
    if (row.text('model') === '') throw row.error('model is empty');
    yield { model: row.text('model'), ms: row.positive('ms') };
  }
}
