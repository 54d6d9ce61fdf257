/**
 * What TFLite's `benchmark_model --enable_op_profiling=true` prints, as text or as CSV: one row an operator in
 * run order. Rows carry no shapes; they are matched to the kernels of the architecture that was run. Operators
 * are called as TFLite calls them, or as XNNPACK does, which runs them by default.
 */
import { MixnasError } from '../../base/index.js';
import type { Kernel, KernelOp } from '../kernel.js';

/** One operator that ran. */
interface ProfiledOp {
  readonly type: string;
  readonly us: number;
}

export interface OpProfile {
  /** In run order. */
  readonly ops: readonly ProfiledOp[];
  /** µs of the whole network, where the text has it. */
  readonly inferenceUs?: number;
}

interface OpClass {
  /** For messages. */
  readonly name: string;
  readonly pattern: RegExp;
  /** Kernels of ours that share one sequence of operators. */
  readonly kernels: readonly KernelOp[];
  /** Whether as many operators as kernels must have run: a runtime may pool or join in its own way. */
  readonly exact: boolean;
}

const classes: readonly OpClass[] = [
  {
    name: 'CONV_2D, FULLY_CONNECTED',
    pattern: /^(CONV_2D|FULLY_CONNECTED)$|^(Convolution|Fully Connected)\b(?!.*DWConv)/,
    kernels: ['conv', 'dense', 'grouped'],
    exact: true,
  },
  {
    name: 'DEPTHWISE_CONV_2D',
    pattern: /^DEPTHWISE_CONV_2D$|^Convolution\b.*DWConv/,
    kernels: ['depthwise'],
    exact: true,
  },
  { name: 'MEAN', pattern: /^MEAN$|^(Mean|Global Average Pooling)\b/, kernels: ['mean'], exact: false },
  { name: 'CONCATENATION', pattern: /^CONCATENATION$|^Concatenate\b/, kernels: ['concat'], exact: false },
];

const isKnown = ({ type }: ProfiledOp) => classes.some(({ pattern }) => pattern.test(type));

/** No network has more operators. */
const mostOps = 100_000;

/** Fields of a row: separated by tabs in the text, by commas outside brackets in the CSV. */
function fieldsOf(line: string): string[] {
  const fields = line.includes('\t') ? line.split('\t') : line.split(/,(?![^([]*[)\]])/);
  return fields.map((field) => field.trim()).filter((field, i) => field !== '' || i > 0);
}

function operatorOf(fields: readonly string[], averageAt: number, where: string): ProfiledOp {
  const text = fields[averageAt] ?? '';
  const ms = Number(text);
  if (text !== '' && Number.isFinite(ms) && ms >= 0) return { type: fields[0] as string, us: ms * 1000 };
  throw new MixnasError('bad-data', `${where}: the average time is "${text}"; is the file cut off?`);
}

/**
 * The operators of the first table that has some of ours, in run order, with their average time. Tables of
 * the initialisation, which come before, have none; the one after it sorts the same operators by time.
 * @throws MixnasError `bad-data` when there is no such table, or it is cut off.
 */
export function importOpProfile(lines: Iterable<string>, what: string): OpProfile {
  let ops: ProfiledOp[] = [];
  let averageAt = -1;
  let inferenceUs: number | undefined;
  let number = 0;
  for (const line of lines) {
    const where = `${what}: line ${++number}`;
    const whole = Number(/\bInference \(avg\):\s*([\d.eE+-]+)/.exec(line)?.[1]);
    if (whole > 0 && Number.isFinite(whole)) inferenceUs = whole;
    const fields = fieldsOf(line);
    const [first = ''] = fields;
    if (/^\[?node type\]?$/i.test(first)) {
      if (ops.some(isKnown)) break;
      ops = [];
      averageAt = fields.findIndex((field) => /^\[?avg( |_)?(ms)?\]?$/i.test(field));
      if (averageAt < 0) throw new MixnasError('bad-data', `${where} names no column of average times.`);
    } else if (averageAt >= 0 && /^[A-Z]/.test(first) && !first.startsWith('Number of')) {
      ops.push(operatorOf(fields, averageAt, where));
      if (ops.length > mostOps) throw new MixnasError('bad-data', `${where}: no network has so many rows.`);
    }
  }
  if (ops.some(isKnown)) return { ops, ...(inferenceUs !== undefined && { inferenceUs }) };
  const ran =
    ops.length > 0 ? `the table has no convolution, only ${ops[0]?.type}` : 'it has no table of operators';
  throw new MixnasError('bad-data', `${what}: ${ran}.`, {
    remedy:
      'Run benchmark_model with --enable_op_profiling=true and without a delegate that runs the network as one.',
  });
}

/**
 * The kernels of an architecture with the times of the operators, class by class in run order. Kernels whose
 * operators tell no time come without one: they ran.
 * @throws MixnasError `bad-data` when their numbers disagree: another architecture was run.
 */
export function timeKernels(
  { ops }: OpProfile,
  kernels: readonly Kernel[],
  what: string,
): { readonly kernel: Kernel; readonly us: number | undefined }[] {
  const times = new Map<Kernel, number>();
  for (const { name, pattern, kernels: kinds, exact } of classes) {
    const mine = ops.filter((op) => pattern.test(op.type));
    const wanted = kernels.filter((kernel) => kinds.includes(kernel.op));
    if (mine.length === wanted.length) {
      wanted.forEach((kernel, i) => times.set(kernel, (mine[i] as ProfiledOp).us));
    } else if (exact) {
      throw new MixnasError(
        'bad-data',
        `${what}: ${mine.length} operators ${name}, but the architecture has ${wanted.length}.`,
        { remedy: 'Name the architecture that was benchmarked, at its resolution.' },
      );
    }
  }
  // A time of 0 is below the clock's resolution and says nothing.
  return kernels.map((kernel) => ({ kernel, us: times.get(kernel) || undefined }));
}
