/**
 * What TFLite's `benchmark_model --enable_op_profiling=true` prints, as text or as CSV: one row an operator in
 * run order. Rows carry no shapes; they are matched to the kernels of the architecture that was run. Operators
 * are called as TFLite calls them, or as XNNPACK does, which runs them by default.
 */
import { MixnasError } from '../../base/index.js';
import { isKnownOp, type ProfiledOp } from './op-classes.js';
import { type OpTable, profileTables } from './profile-tables.js';

export interface OpProfile {
  /** In run order. */
  readonly ops: readonly ProfiledOp[];
  /** µs of the whole network, where the text has it. */
  readonly inferenceUs?: number;
}

/** Whether an operator is one of a network, not of what a runtime does besides. */
type Known = (op: ProfiledOp) => boolean;

/** A delegate that ran the network, or a part of it, as one operator. */
const delegate = /^(?:DELEGATE|TfLite\w*Delegate\w*)$/;

/** What to do about a delegate of this name. */
function delegateRemedy(type: string): string {
  if (/XNN/i.test(type)) {
    return (
      'Use benchmark_model of TensorFlow 2.10 or newer, which lists the operators that XNNPACK runs; ' +
      '--use_xnnpack=false lists them too, but times other kernels.'
    );
  }
  const gpu = /gpu|metal|opencl/i.test(type);
  return (
    `${gpu ? 'The GPU delegate' : 'A delegate'} does not say how long each operator took: measure whole networks and give them with ` +
    `--networks, or run benchmark_model ${gpu ? 'with --use_gpu=false' : 'without it'} to profile the CPU.`
  );
}

const opsOf = ({ rows }: OpTable): ProfiledOp[] =>
  rows.map(({ type, averageMs, calls }) => ({ type, us: averageMs * calls * 1000 }));

const sameOps = (a: readonly ProfiledOp[], b: readonly ProfiledOp[]) =>
  a.length === b.length && a.every(({ type, us }, i) => type === b[i]?.type && us === b[i]?.us);

/** The tables in run order; those that sort the same operators by time come after them. */
function runTables(tables: readonly OpTable[], known: Known): OpTable[] {
  if (tables.some(({ order }) => order === 'run')) return tables.filter(({ order }) => order === 'run');
  const first = tables.find((table) => opsOf(table).some(known)) ?? tables[0];
  return first ? [first] : [];
}

/** The table of the network; what a delegate did inside counts where the network was nothing but the delegate. */
function tableOfNetwork(tables: readonly OpTable[], what: string, known: Known): OpTable | undefined {
  const ours = tables.filter((table) => opsOf(table).some(known));
  const networks = ours.filter(({ of }) => of === 'network');
  const found = networks.length > 0 ? networks : ours.filter(({ of }) => of === 'delegate');
  const [first] = found;
  const other = first && found.find((table) => !sameOps(opsOf(table), opsOf(first)));
  if (first && other) {
    throw new MixnasError(
      'bad-data',
      `${what}: lines ${first.line} and ${other.line} each begin the operators of a run.`,
      { remedy: oneRun },
    );
  }
  return first;
}

const oneRun = 'Keep one run of benchmark_model a file, and give each with --op-profile.';

/**
 * The operators of the network in run order, with their times in a run: an operator that is called several times
 * counts as often.
 * @param known operators that show that a table is of a network; by default those that every network has.
 * @throws MixnasError `bad-data` when there is no such table, it is cut off, or a delegate hides its operators.
 */
export function importOpProfile(lines: Iterable<string>, what: string, known: Known = isKnownOp): OpProfile {
  const { tables, inferencesUs } = profileTables(lines, what);
  const inOrder = runTables(tables, known);
  const table = tableOfNetwork(inOrder, what, known);
  const ran = inOrder.filter(({ of, rows }) => of === 'network' && rows.length > 0);
  const hiding = (table?.of === 'delegate' ? [] : (table?.rows ?? ran.flatMap(({ rows }) => rows))).find(
    ({ type }) => delegate.test(type),
  );
  if (table === undefined) {
    const only = hiding?.type ?? ran[0]?.rows[0]?.type;
    const has =
      only === undefined ? 'it has no table of operators' : `the table has no convolution, only ${only}`;
    throw new MixnasError('bad-data', `${what}: ${has}${hiding ? ', which ran the network as one' : ''}.`, {
      remedy: hiding
        ? delegateRemedy(hiding.type)
        : 'Run benchmark_model with --enable_op_profiling=true and give all that it prints.',
    });
  }
  if (hiding !== undefined) {
    const part = `line ${table.line}: ${hiding.type} ran a part of the network as one`;
    throw new MixnasError('bad-data', `${what}: ${part}.`, { remedy: delegateRemedy(hiding.type) });
  }
  if (inferencesUs.length > 1) {
    const sentence = `${what}: it has the times of ${inferencesUs.length} runs of benchmark_model.`;
    throw new MixnasError('bad-data', sentence, { remedy: oneRun });
  }
  const [inferenceUs] = inferencesUs;
  return { ops: opsOf(table), ...(inferenceUs !== undefined && { inferenceUs }) };
}

/**
 * µs of a whole network, of a log that need not list its operators.
 * @throws MixnasError `bad-data` when it has none, or those of several runs.
 */
export function importInference(lines: Iterable<string>, what: string): number {
  const { inferencesUs } = profileTables(lines, what);
  const [us, second] = inferencesUs;
  if (us === undefined) {
    throw new MixnasError('bad-data', `${what}: it has no line "Inference (avg)".`, {
      remedy: 'Give all that benchmark_model printed.',
    });
  }
  if (second === undefined) return us;
  throw new MixnasError(
    'bad-data',
    `${what}: it has the times of ${inferencesUs.length} runs of benchmark_model.`,
    {
      remedy: 'Keep one run of benchmark_model a file.',
    },
  );
}
