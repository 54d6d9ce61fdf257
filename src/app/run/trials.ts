/** Every trial of a run with all that is known of it, as rows of a table. */
import { MixnasError } from '../../base/index.js';
import { type Architecture, parseSpace } from '../../models/index.js';
import { type RunView, type TrialRow, readRun } from '../../runs/index.js';

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

/**
 * Lists the trials of a run in the order in which they were asked for.
 * @param pathOrName the run's folder, or its name in the runs folder.
 * @throws MixnasError `bad-run` when there is no such run, or it cannot be read.
 */
export function* trialsOf(pathOrName: string): Iterable<ListedTrial> {
  yield* listed(readRun(pathOrName));
}

function* listed(view: RunView): Iterable<ListedTrial> {
  const space = parseSpace(view.space, `${view.folder}/space.json`);
  for (const { id, state, origin, parents, known, values, seconds, reason, genome } of view.trials) {
    const metrics = { ...known, ...values };
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

/**
 * The same as CSV (RFC 4180), line by line: a column for each metric of the run, and the architecture as JSON.
 * @throws MixnasError `bad-run` as `trialsOf` does.
 */
export function* trialsCsv(pathOrName: string): Iterable<string> {
  const view = readRun(pathOrName);
  if (view.trials.length === 0) {
    throw new MixnasError('bad-run', `${view.name} has no trials yet.`, {
      remedy: `Resume it: mixnas resume ${view.name}.`,
    });
  }
  const reported = view.trials.flatMap((row) => Object.keys(row.values ?? {}));
  const metrics = [...new Set([...reported, ...view.manifest.metrics])];
  yield ['trial', 'state', 'origin', 'parents', ...metrics, 'seconds', 'reason', 'architecture']
    .map(field)
    .join();
  for (const one of listed(view)) {
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
