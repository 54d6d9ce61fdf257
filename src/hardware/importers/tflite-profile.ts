/**
 * What TFLite's `benchmark_model --enable_op_profiling=true` prints, as text or as CSV: one row an operator in
 * run order. Rows carry no shapes; they are matched to the kernels of the architecture that was run.
 */
import { MixnasError } from '../../base/index.js';
import type { Kernel, KernelOp } from '../kernel.js';

/** One operator that ran. */
export interface ProfiledOp {
  readonly type: string;
  readonly us: number;
}

/** Operators that are kernels of ours, and which; classes in one list share one sequence. */
const classes: readonly (readonly [operators: readonly string[], ops: readonly KernelOp[]])[] = [
  [
    ['CONV_2D', 'FULLY_CONNECTED'],
    ['conv', 'dense', 'grouped'],
  ],
  [['DEPTHWISE_CONV_2D'], ['depthwise']],
  [['MEAN'], ['mean']],
  [['CONCATENATION'], ['concat']],
];

/** Fields of a row: separated by tabs in the text, by commas in the CSV. */
function fieldsOf(line: string): string[] {
  return (line.includes('\t') ? line.split('\t') : line.split(',')).map((field) => field.trim());
}

/**
 * The operators of the first table in run order, with their average time.
 * @throws MixnasError `bad-data` when there is no such table, or it is cut off.
 */
export function importOpProfile(lines: Iterable<string>, what: string): ProfiledOp[] {
  const ops: ProfiledOp[] = [];
  let averageAt = -1;
  let number = 0;
  for (const line of lines) {
    number++;
    const fields = fieldsOf(line).filter((field, i) => field !== '' || i > 0);
    if (/^\[?node type\]?$/i.test(fields[0] ?? '')) {
      // The second table sorts the same operators by time.
      if (averageAt >= 0) break;
      averageAt = fields.findIndex((field) => /^\[?avg( |_)?(ms)?\]?$/i.test(field));
      if (averageAt < 0)
        throw new MixnasError('bad-data', `${what}: line ${number} names no column of average times.`);
      continue;
    }
    if (averageAt < 0 || !/^[A-Z][A-Z0-9_]+$/.test(fields[0] ?? '')) continue;
    const ms = Number(fields[averageAt]);
    if (fields[averageAt] === undefined || !Number.isFinite(ms) || ms < 0) {
      throw new MixnasError(
        'bad-data',
        `${what}: line ${number}: the average time is "${fields[averageAt] ?? ''}"; is the file cut off?`,
      );
    }
    ops.push({ type: fields[0] as string, us: ms * 1000 });
  }
  if (ops.length === 0) {
    throw new MixnasError('bad-data', `${what}: there is no table of operators.`, {
      remedy: 'Run benchmark_model with --enable_op_profiling=true.',
    });
  }
  return ops;
}

/**
 * The kernels of an architecture with the times of the operators, class by class in run order.
 * @throws MixnasError `bad-data` when their numbers disagree: another architecture was run.
 */
export function timeKernels(
  ops: readonly ProfiledOp[],
  kernels: readonly Kernel[],
  what: string,
): { readonly kernel: Kernel; readonly us: number }[] {
  return classes.flatMap(([operators, kinds]) => {
    const mine = ops.filter((op) => operators.includes(op.type));
    const wanted = kernels.filter((kernel) => kinds.includes(kernel.op));
    if (mine.length !== wanted.length) {
      throw new MixnasError(
        'bad-data',
        `${what}: ${mine.length} operators ${operators.join(', ')}, but the architecture has ${wanted.length}.`,
        { remedy: 'Name the architecture that was benchmarked, at its resolution.' },
      );
    }
    // An operator below the clock's resolution tells nothing.
    return wanted.flatMap((kernel, i) => {
      const { us } = mine[i] as ProfiledOp;
      return us > 0 ? [{ kernel, us }] : [];
    });
  });
}
