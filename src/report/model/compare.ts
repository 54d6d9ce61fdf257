/** Several runs side by side: whether they can be compared, and by how much one is ahead of another. */
import { type FrontRules, sharedScales } from '../../metrics/index.js';
import { coverage, epsilonIndicator } from '../../pareto/index.js';
import { type TrialRow, frontOf, meetsConstraints, pointOf } from '../../runs/index.js';
import { type Growth, growthOf } from './hypervolume.js';
import type { ReportRun } from './run.js';

/** One run among others, measured by the rules of all. */
export interface ComparedRun {
  readonly run: ReportRun;
  readonly growth: readonly Growth[];
  readonly hypervolume: number;
  /** Of the shared objectives: the share of the front of run i that this run's front covers. */
  readonly coverage: readonly number[];
  /** By how much every objective of this run's front must be better to cover the front of run i. */
  readonly epsilon: readonly number[];
}

export interface Comparison {
  readonly rules: FrontRules;
  readonly runs: readonly ComparedRun[];
  /** What makes the runs differ in more than their search: one sentence each. */
  readonly warnings: readonly string[];
}

/** Compares runs on the objectives that all of them have; undefined where there is none. */
export function compare(runs: readonly ReportRun[]): Comparison | undefined {
  const [first] = runs;
  if (!first) return undefined;
  const objectives = first.rules.objectives.filter(({ name }) =>
    runs.every((run) => run.rules.objectives.some((o) => o.name === name)),
  );
  if (objectives.length === 0) return undefined;
  const names = objectives.map(({ name }) => name);
  const scales = sharedScales(
    names,
    runs.map((run) => run.rules.scales),
  );
  const rules = { objectives, scales };
  /** Every run keeps its own limits. */
  const counts = (run: ReportRun) => (row: TrialRow) => meetsConstraints(row, run.rules);
  const fronts = runs.map((run) =>
    frontOf(run.complete.filter(counts(run)), rules).map((row) => pointOf(row, rules)),
  );
  return {
    rules,
    warnings: warningsOf(runs, objectives.length),
    runs: runs.map((run, i) => {
      const growth = growthOf(run.complete, rules, counts(run));
      const own = fronts[i] ?? [];
      return {
        run,
        growth,
        hypervolume: growth.at(-1)?.value ?? 0,
        coverage: fronts.map((other) => coverage(own, other)),
        epsilon: fronts.map((other) => epsilonIndicator(own, other)),
      };
    }),
  };
}

function warningsOf(runs: readonly ReportRun[], shared: number): string[] {
  const differ = (value: (run: ReportRun) => unknown) =>
    new Set(runs.map((run) => JSON.stringify(value(run)))).size > 1;
  const checks: readonly (readonly [boolean, string])[] = [
    [
      runs.some((run) => run.rules.objectives.length > shared),
      'The runs have different objectives; only those that all have are compared.',
    ],
    [
      differ(({ view }) => view.config.deploy),
      'The runs price networks at different resolutions or numbers of classes: their latencies are not alike.',
    ],
    [
      differ(({ view }) => view.config['dataset']),
      'The runs were trained on different data: their accuracies are not alike.',
    ],
    [
      differ(({ view }) => view.config['evaluator']),
      'The runs judge networks differently (budget or recipe): their accuracies are not alike.',
    ],
    [differ(({ view }) => view.manifest.space.hash), 'The runs search different spaces.'],
    [
      differ(({ view }) => view.config.limits),
      'The runs have different limits: each front holds only what keeps its own.',
    ],
    [
      differ(({ rules }) => rules.scales),
      'The runs scale costs differently; for the hypervolume each cost is divided by the largest scale.',
    ],
  ];
  return checks.filter(([holds]) => holds).map(([, text]) => text);
}
