/** Every trial of a run with all that is known of it, as rows of a table. */
import { MixnasError } from '../../base/index.js';
import { type Architecture, parseSpace } from '../../models/index.js';
import { compileFilter } from '../../metrics/index.js';
import {
  type RunView,
  type TrialRow,
  filterVocabulary,
  frontOf,
  readRun,
  rulesOf,
  trialFields,
} from '../../runs/index.js';

/** One trial: what it is, what became of it, and its network. */
export interface ListedTrial {
  readonly trial: number;
  readonly state: TrialRow['state'];
  readonly origin: string;
  readonly parents: readonly number[];
  /** Metrics by name: those known before the evaluation, and those that it gave. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number | undefined;
  readonly reason: string | undefined;
  readonly architecture: Architecture;
}

export interface TrialsOptions {
  /** Only trials that it holds for: `accuracy > 50% and latency["mali-g76"] < 8 ms and any kernel = 9`. */
  readonly where?: string | undefined;
}

/**
 * Lists the trials of a run in the order in which they were asked for.
 * @param pathOrName the run's folder, or its name in the runs folder.
 * @throws MixnasError `bad-run` when there is no such run, or it cannot be read; `bad-usage` or `bad-config` for a
 * filter that is none.
 */
export function* trialsOf(pathOrName: string, options: TrialsOptions = {}): Iterable<ListedTrial> {
  const view = readRun(pathOrName);
  yield* listed(view, chosen(view, options));
}

const spaceOf = (view: RunView) => parseSpace(view.space, `${view.folder}/space.json`);

/** The trials that are asked for. */
function chosen(view: RunView, { where }: TrialsOptions): readonly TrialRow[] {
  if (where === undefined) return view.trials;
  const front = new Set(frontOf(view.trials, rulesOf(view)).map(({ id }) => id));
  const space = spaceOf(view);
  const fields = trialFields(
    () => space,
    ({ id }) => front.has(id),
  );
  const filter = compileFilter(where, filterVocabulary(view), fields, '--where');
  return view.trials.filter((row) => filter.test(row));
}

function* listed(view: RunView, rows: readonly TrialRow[]): Iterable<ListedTrial> {
  const space = spaceOf(view);
  for (const row of rows) {
    const { id, state, origin, parents, known, values, seconds, reason, genome } = row;
    const metrics = { ...known, ...values, ...afterwards(row) };
    yield {
      trial: id,
      state,
      origin,
      parents,
      metrics,
      seconds,
      reason,
      architecture: space.decode(space.canonical(genome)),
    };
  }
}

/** What was measured of a network after the search. */
const afterwards = ({ precisions }: RunView['trials'][number]): Record<string, number> =>
  precisions ? { int8Accuracy: precisions.int8 } : {};

/**
 * The same as CSV (RFC 4180), line by line: a column for each metric of the run, and the architecture as JSON.
 * @throws MixnasError `bad-run` as `trialsOf` does.
 */
export function* trialsCsv(pathOrName: string, options: TrialsOptions = {}): Iterable<string> {
  const view = readRun(pathOrName);
  if (view.trials.length === 0) {
    throw new MixnasError('bad-run', `${view.name} has no trials yet.`, {
      remedy: `Resume it: mixnas resume ${view.name}.`,
    });
  }
  const rows = chosen(view, options);
  const reported = view.trials.flatMap((row) => Object.keys({ ...row.values, ...afterwards(row) }));
  const metrics = [...new Set([...reported, ...view.manifest.metrics])];
  yield ['trial', 'state', 'origin', 'parents', ...metrics, 'seconds', 'reason', 'architecture']
    .map(field)
    .join();
  for (const one of listed(view, rows)) {
    yield [
      one.trial,
      one.state,
      one.origin,
      one.parents.join(' '),
      ...metrics.map((name) => one.metrics[name]),
      one.seconds,
      one.reason,
      JSON.stringify(one.architecture),
    ]
      .map(field)
      .join();
  }
}

/** A field, in quotes where it holds a comma, a quote or a line end. */
function field(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
