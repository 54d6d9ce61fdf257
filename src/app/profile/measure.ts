/** Measures this host and makes a profile of it; and tries the profile on networks that it has not seen. */
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { MixnasError, cacheFolder, createRandom, median, userProfilesFolder } from '../../base/index.js';
import {
  type Agreement,
  agreement,
  type Compared,
  createPredictor,
  loadMeasurements,
  loadProfile,
  type Profile,
  profilePath,
  tuneProfile,
} from '../../hardware/index.js';
import {
  coverNetworks,
  describeHost,
  drawNetworks,
  graphsOf,
  hostMeasurements,
  measureHost,
  type PlannedGraph,
  planGraph,
  planHash,
  planKernels,
  runtimeNames,
  type TargetName,
  targetNames,
  targetRules,
} from '../../measure/index.js';
import { dataPathOf, saveProfile } from './save.js';
import { loadSpace } from '../config/index.js';
import type { ValidateReport } from './validate.js';

/** What is measured, and how. */
export interface HostOptions {
  /** Search spaces, by name or path; default: those that come with mixnas. */
  readonly spaces?: readonly string[] | undefined;
  /** Further input sizes, next to each space's own. Default: 224, the usual size of deployment. */
  readonly resolutions?: readonly number[] | undefined;
  readonly count?: number | undefined;
  readonly seed?: string | number | undefined;
  readonly rounds?: number | undefined;
  /** Seconds of timed runs for each network in each round. */
  readonly seconds?: number | undefined;
  /** The core to measure on; default: the last one. */
  readonly core?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each timing of a network. */
  readonly onProgress?: ((done: number, total: number, network: string, us: number) => void) | undefined;
}

export interface MeasureOptions extends HostOptions {
  /** The profile's name; default: `host`. */
  readonly name?: string | undefined;
  readonly target?: TargetName | undefined;
  /** Device kernels to measure alone, of those that no measured network holds; only where nodes are timed. Default: 60. */
  readonly kernels?: number | undefined;
  readonly date: string;
  /** File to write; default: NAME.json among the user's profiles. */
  readonly output?: string | undefined;
  /** Called when everything is measured and the fit begins. */
  readonly onFit?: (() => void) | undefined;
}

export interface MeasureReport {
  readonly profile: Profile;
  readonly path: string;
  readonly networks: number;
}

const defaultSpaces = ['cifar-small', 'mixnet-imagenet'];
const spacesOf = ({ spaces = defaultSpaces }: HostOptions) => spaces.map((name) => loadSpace(name));

/** The core to measure on. @throws MixnasError `bad-usage` when there is no such core. */
function coreOf({ core = cpus().length - 1 }: HostOptions): number {
  if (core < cpus().length) return core;
  throw new MixnasError(
    'bad-usage',
    `There is no core ${core}: they are numbered 0 to ${cpus().length - 1}.`,
  );
}

/** Times a plan; what an interrupted call left is continued. The log is for the caller to remove. */
async function measurePlan(
  plan: readonly PlannedGraph[],
  target: TargetName,
  purpose: 'measure' | 'validate',
  options: HostOptions & { readonly nodes: boolean; readonly rounds: number; readonly seconds: number },
) {
  const settings = `${planHash(plan)}-${options.rounds}-${options.seconds}`;
  const logPath = join(cacheFolder(), 'measure', `${purpose}-${target}-${settings}.jsonl`);
  const { nodes, rounds, seconds, signal, onProgress } = options;
  const core = coreOf(options);
  const measured = await measureHost(plan, {
    target,
    core,
    nodes,
    rounds,
    seconds,
    logPath,
    signal,
    onProgress,
  });
  return { ...measured, forget: () => rmSync(logPath, { force: true }) };
}

/**
 * Measures networks of the given spaces on one core of this host and fits a profile to their times and
 * those of their nodes. Interrupted, it continues where it was when called again.
 * @throws MixnasError `bad-usage`, `bad-config`, `no-backend`, `failed`, `no-space`; or the signal's reason.
 */
export async function measureProfile(options: MeasureOptions): Promise<MeasureReport> {
  const { name = 'host', target = 'onnxruntime', date, count = 225, seed = 1 } = options;
  const { resolutions = [224], rounds = 3, seconds = 0.15 } = options;
  const random = createRandom(`measure/${seed}`);
  const rules = targetRules(target);
  const spaces = spacesOf(options);
  const networks = coverNetworks(spaces, rules, { count, resolutions, random });
  // A target that does not time nodes cannot separate a device kernel from the call around it.
  const nodes = target === 'onnxruntime';
  const alone = planKernels(spaces, rules, networks, {
    count: nodes ? (options.kernels ?? 60) : 0,
    resolutions,
    random: createRandom(`measure/kernels/${seed}`),
  });
  const plan = [...graphsOf(networks), ...alone];
  const { runtime, records, forget } = await measurePlan(plan, target, 'measure', {
    ...options,
    nodes,
    rounds,
    seconds,
  });
  options.onFit?.();
  const source = {
    title: `mixnas profile measure, ${networks.length} networks and ${alone.filter(({ held }) => !held).length} single kernels in ${rounds} rounds, seed ${seed}`,
    licence: 'own',
    kind: 'measured',
  } as const;
  const data = hostMeasurements(name, { networks, alone }, records, rules, source);
  const head = { ...describeHost(target, runtime.version, 'this host'), name, date, sources: [source] };
  const profile = await tuneProfile(data, head);
  const path = options.output ?? join(userProfilesFolder(), `${name}.json`);
  saveProfile(path, profile, data);
  forget();
  return { profile, path, networks: networks.length };
}

/** The runtime of this host that a profile is about, if it is about one. */
export function hostTarget(profile: Profile): TargetName | undefined {
  return targetNames.find((target) => runtimeNames[target] === profile.runtime.name);
}

/** Names of the networks that a profile was fitted to: it may not be judged on them. */
function seenBy(profile: Profile, path: string): Set<string> {
  const seen = new Set(profile.table.models);
  try {
    for (const network of loadMeasurements(dataPathOf(path)).networks) seen.add(network.name);
  } catch {
    // The measurements were not kept; the table names the networks too.
  }
  return seen;
}

/** What is compared of a host, and the same after recalibration. */
export interface HostReport extends ValidateReport {
  /** Absent when no networks were set aside for it. */
  readonly recalibrated?: Agreement & {
    /** What predictions were multiplied by: the median of measured to predicted of the other networks. */
    readonly factor: number;
    /** How many other networks that was found from. */
    readonly networks: number;
  };
}

export interface ValidateHostOptions extends HostOptions {
  /** Further networks, in addition to the `count` that are compared, to find today's speed of the machine. Default: 10. */
  readonly recalibrateOn?: number | undefined;
}

/** The same comparison with every prediction multiplied by one factor. */
function scaledBy(models: readonly Compared[], factor: number): Compared[] {
  return models.map((m) => {
    const predictedMs = m.predictedMs * factor;
    const errorPct = 100 * (predictedMs / m.measuredMs - 1);
    return { ...m, predictedMs, lowMs: m.lowMs * factor, highMs: m.highMs * factor, errorPct };
  });
}

/**
 * Draws random networks that the profile was not fitted to, predicts them, measures them for real, and
 * compares. The networks are uniform members of the spaces, in turn of each and at each size. A machine that
 * other work shares is not as fast today as when it was measured: how far the profile is off apart from that is
 * reported too, by one factor from networks that are measured in the same rounds and are not among those compared.
 * @throws MixnasError `bad-usage` for a profile that is not of this host, and as `measureProfile`.
 */
export async function validateHost(
  nameOrPath: string,
  options: ValidateHostOptions = {},
): Promise<HostReport> {
  const profile = loadProfile(nameOrPath);
  const target = hostTarget(profile);
  if (target === undefined) {
    throw new MixnasError(
      'bad-usage',
      `${profile.name} is not a profile of this host, so it cannot be tried here.`,
      {
        remedy: 'Give measurements of its device with --ops and --e2e, or use --cross-validate.',
      },
    );
  }
  const { count = 50, seed = 1, resolutions = [224], rounds = 5, seconds = 0.15 } = options;
  const { recalibrateOn = 10 } = options;
  const random = createRandom(`validate/${seed}`);
  const without = seenBy(profile, profilePath(nameOrPath));
  const plan = drawNetworks(spacesOf(options), {
    count: count + recalibrateOn,
    resolutions,
    random,
    without,
  });
  const predictor = createPredictor(profile);
  const predicted = plan.map((network) => predictor.predict(planGraph(network)));
  const { records, forget } = await measurePlan(graphsOf(plan), target, 'validate', {
    ...options,
    nodes: false,
    rounds,
    seconds,
  });
  const all = records.map(({ name, us }, i) => {
    const { latencyMs, lowMs, highMs } = predicted[i] as (typeof predicted)[0];
    const errorPct = 100 * ((1000 * latencyMs) / us - 1);
    return { model: name, predictedMs: latencyMs, lowMs, highMs, measuredMs: us / 1000, errorPct };
  });
  forget();
  const models = all.slice(0, count);
  const report = { profile: profile.name, ...agreement(models) };
  const others = all.slice(count);
  if (others.length === 0) return report;
  const factor = median(others.map((m) => m.measuredMs / m.predictedMs));
  const recalibrated = { factor, networks: others.length, ...agreement(scaledBy(models, factor)) };
  return { ...report, recalibrated };
}
