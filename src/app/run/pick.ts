/** Choosing one network of a run: the knee of its front, or the best under limits. */
import { join } from 'node:path';
import { MixnasError, commandLine, significant } from '../../base/index.js';
import { type Profile, createPredictor, loadProfile } from '../../hardware/index.js';
import { type FrontRules, isWithin, latencyMetric } from '../../metrics/index.js';
import { type Architecture, lower, parseSpace } from '../../models/index.js';
import { kneePoint } from '../../pareto/index.js';
import {
  type RunView,
  type Finalists,
  type TrialRow,
  finalistsOf,
  frontOf,
  isReadableWeights,
  meetsConstraints,
  metricOf,
  pointOf,
  readRun,
  rulesOf,
} from '../../runs/index.js';

export interface PickOptions {
  /** The device whose front the knee is of, and that a single `maxLatencyMs` is about; also one the run was not priced on. */
  readonly profile?: string | undefined;
  /** By profile; or one number for the device of `profile`, or for the run's only one. */
  readonly maxLatencyMs?: number | Readonly<Record<string, number>> | undefined;
  readonly maxMacs?: number | undefined;
  readonly maxParams?: number | undefined;
  readonly minAccuracy?: number | undefined;
  /** The folder of runs. */
  readonly root?: string | undefined;
}

export interface Picked {
  readonly run: string;
  readonly trial: number;
  /** Why this one, as a sentence. */
  readonly why: string;
  /** On held-out validation images, from 0 to 1. */
  readonly accuracy: number;
  /** Where it was evaluated again: the accuracy is the mean of so many later evaluations, and this is the first. */
  readonly finalist?: { readonly firstAccuracy: number; readonly deviation?: number; readonly seeds: number };
  /** Predicted at the size of deployment, by profile. */
  readonly latencyMs: Readonly<Record<string, number>>;
  readonly params: number;
  readonly macs: number;
  readonly deploy: { readonly resolution: number; readonly classes: number };
  /** How many complete trials it was chosen from: those that meet the limits. */
  readonly among: number;
  readonly architecture: Architecture;
  /** Whether the search kept its weights, in a form that other commands read. */
  readonly trained: boolean;
}

/** A limit on a metric, as the command line has it. */
interface Limit {
  readonly flag: string;
  readonly metric: string;
  readonly max?: number;
  readonly min?: number;
}

type ComparedTrial = Pick<TrialRow, 'id' | 'known' | 'values' | 'state' | 'genome'>;

/**
 * Picks a network. Without limits, the knee of the front (of accuracy and one latency where a profile is
 * named). Under limits on costs, the most accurate; under one on accuracy alone, the fastest on the device.
 * @throws MixnasError `bad-run`, `bad-profile`, `bad-usage`, or `infeasible` when no trial meets the limits.
 */
export function pick(pathOrName: string, options: PickOptions = {}): Picked {
  const view = readRun(pathOrName, options.root);
  const rules = rulesOf(view);
  const space = parseSpace(view.space, `${view.folder}/space.json`);
  const judged = finalistsOf(view);
  const complete: ComparedTrial[] = view.trials.filter(
    (row) => row.state === 'complete' && meetsConstraints(row, rules),
  );
  /** What was evaluated again is known better, and is not compared with what was not. */
  const done: readonly ComparedTrial[] = judged?.later ?? complete;
  if (done.length === 0) {
    throw new MixnasError('bad-run', `${view.name} has no complete trial to pick from.`, {
      remedy: `Resume it: ${commandLine('resume', view.name)}`,
    });
  }
  /** Profiles that the run was not priced on, by name. */
  const others = new Map<string, Profile>();
  const bounds = latencyLimits(view, options, others);
  const device =
    options.profile === undefined ? Object.keys(bounds)[0] : nameOf(view, options.profile, others);
  const latency = device && latencyMetric(device);
  const decode = (row: ComparedTrial) => space.decode(space.canonical(row.genome));
  const pricedAll = (trials: readonly ComparedTrial[]) =>
    [...others.values()].reduce<readonly ComparedTrial[]>(
      (all, profile) => priced(all, profile, view, decode),
      trials,
    );
  const limits = limitsOf(options, bounds);
  const withinOf = (trials: readonly ComparedTrial[]) =>
    trials.filter((row) => limits.every((limit) => meets(row, limit)));
  const finalists = withinOf(pricedAll(done));
  const rows = finalists.length > 0 ? done : pricedAll(complete);
  const within = finalists.length > 0 ? finalists : withinOf(rows);
  if (within.length === 0) throw noneMeets(view, rows, limits);
  const chosen = choose(within, limits, rules, latency);
  const again = finalists.length > 0 && judged?.later ? finalistPart(judged, chosen.row.id) : undefined;
  const value = (metric: string) => metricOf(chosen.row, metric) as number;
  const profiles = [...view.config.profiles, ...others.keys()];
  return {
    run: view.name,
    trial: chosen.row.id,
    why: chosen.why + note(judged, again !== undefined),
    accuracy: value('accuracy'),
    ...(again && { finalist: again }),
    latencyMs: Object.fromEntries(profiles.map((name) => [name, value(latencyMetric(name))])),
    params: value('params'),
    macs: value('macs'),
    deploy: view.config.deploy,
    among: within.length,
    architecture: decode(chosen.row),
    trained: isReadableWeights(join(view.folder, 'weights', `${chosen.row.id}.safetensors`)),
  };
}

function finalistPart({ finalists }: Finalists, trial: number): Picked['finalist'] {
  const found = finalists.find((one) => one.trial === trial);
  if (!found) return undefined;
  const { first, deviation, seeds } = found;
  return { firstAccuracy: first, ...(deviation === undefined ? {} : { deviation }), seeds };
}

/** By which accuracies it was chosen, where there are two kinds. */
function note(judged: Finalists | undefined, later: boolean): string {
  if (!judged || judged.total === 0) return '';
  if (later) return ', by their later accuracies';
  return judged.later
    ? ', by the accuracies of the search: no finalist is within'
    : `, by the accuracies of the search: ${judged.done} of ${judged.total} later evaluations are done`;
}

/** The name of a device that a user names; a profile that the run was not priced on goes to `others`. */
function nameOf({ config }: RunView, nameOrPath: string, others: Map<string, Profile>): string {
  if (config.profiles.includes(nameOrPath)) return nameOrPath;
  const profile = loadProfile(nameOrPath);
  if (!config.profiles.includes(profile.name)) others.set(profile.name, profile);
  return profile.name;
}

/** The longest latency by the name of the device. */
function latencyLimits(
  view: RunView,
  { profile, maxLatencyMs }: PickOptions,
  others: Map<string, Profile>,
): Record<string, number> {
  if (maxLatencyMs === undefined) return {};
  if (typeof maxLatencyMs === 'object') {
    return Object.fromEntries(
      Object.entries(maxLatencyMs).map(([name, ms]) => [nameOf(view, name, others), ms]),
    );
  }
  const { profiles } = view.config;
  const [device] = profile === undefined && profiles.length === 1 ? profiles : [profile];
  if (device !== undefined) return { [nameOf(view, device, others)]: maxLatencyMs };
  throw new MixnasError('bad-usage', '--max-latency: the run has several devices; say which one is meant.', {
    remedy: `Write --max-latency PROFILE=${maxLatencyMs} with one of ${profiles.join(', ')}.`,
  });
}

/** The trials with their latency on a device that the run was not priced on. */
function priced(
  rows: readonly ComparedTrial[],
  profile: Profile,
  { config }: RunView,
  decode: (row: ComparedTrial) => Architecture,
): ComparedTrial[] {
  const { latencyMs } = createPredictor(profile);
  return rows.map(({ id, known, values, state, genome }) => ({
    id,
    values,
    state,
    genome,
    known: {
      ...known,
      [latencyMetric(profile.name)]: latencyMs(
        lower(decode({ id, known, values, state, genome }), config.deploy),
      ),
    },
  }));
}

function limitsOf(options: PickOptions, latencyMs: Readonly<Record<string, number>>): Limit[] {
  const { maxMacs, maxParams, minAccuracy } = options;
  return [
    ...Object.entries(latencyMs).map(([name, max]) => ({
      flag: '--max-latency',
      metric: latencyMetric(name),
      max,
    })),
    ...(maxMacs === undefined ? [] : [{ flag: '--max-macs', metric: 'macs', max: maxMacs }]),
    ...(maxParams === undefined ? [] : [{ flag: '--max-params', metric: 'params', max: maxParams }]),
    ...(minAccuracy === undefined ? [] : [{ flag: '--min-accuracy', metric: 'accuracy', min: minAccuracy }]),
  ];
}

function meets(row: ComparedTrial, limit: Limit): boolean {
  const value = metricOf(row, limit.metric);
  return value !== undefined && isWithin(value, limit);
}

function choose(
  rows: readonly ComparedTrial[],
  limits: readonly Limit[],
  rules: FrontRules,
  latency: string | undefined,
): { readonly row: ComparedTrial; readonly why: string } {
  const of = (row: ComparedTrial, metric: string) => metricOf(row, metric) as number;
  const limited = limits.some(({ max }) => max !== undefined);
  const cost = latency ?? rules.objectives.find(({ direction }) => direction === 'minimize')?.name ?? 'macs';
  const best = (order: (a: ComparedTrial, b: ComparedTrial) => number) =>
    rows.toSorted((a, b) => order(a, b) || a.id - b.id)[0] as ComparedTrial;
  if (limited) {
    const row = best((a, b) => of(b, 'accuracy') - of(a, 'accuracy') || of(a, cost) - of(b, cost));
    return { row, why: `the most accurate of ${rows.length} within ${limits.map(limitText).join(' and ')}` };
  }
  if (limits.length > 0) {
    const row = best((a, b) => of(a, cost) - of(b, cost) || of(b, 'accuracy') - of(a, 'accuracy'));
    return { row, why: `the least ${cost} of ${rows.length} with ${limits.map(limitText).join(' and ')}` };
  }
  const objectives: FrontRules['objectives'] = latency
    ? [
        { name: 'accuracy', direction: 'maximize' },
        { name: latency, direction: 'minimize' },
      ]
    : rules.objectives;
  const front = frontOf(rows, { ...rules, objectives });
  const knee = kneePoint(front.map((row) => pointOf(row, { ...rules, objectives }))) ?? 0;
  const names = objectives.map(({ name }) => name).join(', ');
  return { row: front[knee] as ComparedTrial, why: `the knee of the front of ${front.length} by ${names}` };
}

const limitText = ({ metric, max, min }: Limit) =>
  min === undefined ? `${metric} <= ${significant(max ?? 0)}` : `${metric} >= ${min}`;

function noneMeets(view: RunView, rows: readonly ComparedTrial[], limits: readonly Limit[]): MixnasError {
  const alone = limits.find((limit) => !rows.some((row) => meets(row, limit)));
  const { metric = '', max } = alone ?? limits[0] ?? {};
  const values = rows.map((row) => metricOf(row, metric)).filter((value) => value !== undefined);
  const nearestValue = max === undefined ? Math.max(...values) : Math.min(...values);
  const what = alone
    ? `${limitText(alone)}: the ${max === undefined ? 'largest' : 'smallest'} is ${significant(nearestValue)}`
    : `${limits.map(limitText).join(' and ')} at once`;
  return new MixnasError('infeasible', `No complete trial of ${view.name} has ${what}.`, {
    remedy: `Loosen ${alone ? alone.flag : 'one of the limits'}, or continue the search: ${commandLine('resume', view.name, '--trials')} N`,
  });
}
