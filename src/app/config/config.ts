/** From a config file and the command line to a resolved config, in which nothing is left to a default. */
import { basename, dirname, extname, isAbsolute, join, resolve as resolvePath } from 'node:path';
import { z } from 'zod';
import { parseWith, readDocument } from '../../base/index.js';
import {
  type EvaluatorSpec,
  evaluatorOf,
  evaluatorSchema,
  type ExecutorSpec,
  executorSchema,
  publicUrl,
} from '../../evaluation/index.js';
import { type Profile, loadProfile } from '../../hardware/index.js';
import { checkRunName } from '../../runs/index.js';
import { type SamplerSpec, parseSampler } from '../../search/index.js';
import { type ResolvedDataSpec, dataSpecSchema } from '../../training/index.js';
import { type ConfigFile, configSchema, mostWorkers } from './schema.js';
import {
  checkFidelity,
  checkFinalists,
  checkLimits,
  checkPrecision,
  checkSplit,
  checkWorkers,
  resolveObjectives,
} from './checks.js';
import { type Criteria, createCriteria } from './criteria.js';
import { migrateConfig } from './migrate.js';
import { parseDataset, sizedFolder } from '../data/index.js';
import { loadSpace } from './spaces.js';
import { type ObjectiveSpec, type RunConfig, type StopRules, resolvedConfigSchema } from './run-config.js';

/** What the command line says over the file. */
export interface ConfigOverrides {
  readonly name?: string | undefined;
  readonly seed?: string | number | undefined;
  readonly space?: string | undefined;
  readonly align?: 'auto' | number | undefined;
  readonly dataset?: string | undefined;
  readonly profiles?: readonly string[] | undefined;
  /** Milliseconds by profile; a limit of the file on another profile stays. */
  readonly maxLatencyMs?: Readonly<Record<string, number>> | undefined;
  readonly maxMemoryBytes?: Readonly<Record<string, number>> | undefined;
  /** Replaces those of the file. */
  readonly objectives?: readonly ObjectiveSpec[] | undefined;
  /** Added to those of the file. */
  readonly constraints?: readonly string[] | undefined;
  /** Rules that replace those of the file, one by one. */
  readonly stop?: { readonly [K in keyof StopRules]?: StopRules[K] | undefined } | undefined;
  /** Earlier runs to begin with, in addition to those of the file. */
  readonly warmStartRuns?: readonly string[] | undefined;
  /** With how many further seeds the front is evaluated again; 0: not at all. */
  readonly finalistSeeds?: number | undefined;
  readonly sampler?: string | undefined;
  readonly evaluator?: string | undefined;
  readonly trials?: number | undefined;
  readonly seconds?: number | undefined;
  readonly workers?: number | undefined;
  readonly deterministic?: boolean | undefined;
  readonly executor?: string | undefined;
  /** Of a fleet, in place of what the file says; user and password of the URL are left out. */
  readonly redis?: string | undefined;
  readonly queue?: string | undefined;
  readonly store?: string | undefined;
  readonly priority?: number | undefined;
}

/** A config ready to be searched, with its profiles. */
export interface SearchConfig {
  readonly config: RunConfig;
  readonly profiles: readonly Profile[];
  /** What the config says of objectives and limits, compiled. */
  readonly criteria: Criteria;
  /** The whole name of the run; by default the first free one after `config.name`. */
  readonly runName?: string | undefined;
  /** What a search plans for itself, since it was given a time and no number of trials. */
  readonly open?: OpenParts | undefined;
  /** What is searched instead where there is no TensorFlow. */
  readonly portable?: SearchConfig | undefined;
}

/**
 * Reads a config file. Paths in it are relative to its folder.
 * @throws MixnasError `bad-config`, `bad-profile` or `bad-usage` with one sentence that names file and field.
 */
export function loadConfig(path: string, overrides: ConfigOverrides = {}): SearchConfig {
  const name = basename(path, extname(path)).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return parseConfig(readDocument(path, 'bad-config'), {
    what: path,
    folder: dirname(path),
    name,
    overrides,
  });
}

/** What is left to a search that plans for its time: what nobody has said. */
export interface OpenParts {
  readonly steps: boolean;
  readonly fidelity: boolean;
  readonly finalists: boolean;
}

/** @param data the config before defaults. */
function openParts(
  data: unknown,
  { trials, seconds, finalistSeeds }: ConfigOverrides,
): OpenParts | undefined {
  const { budget, evaluator, fidelity, finalists } = (data ?? {}) as Readonly<Record<string, unknown>>;
  const says = (value: unknown, field: string) =>
    typeof value === 'object' &&
    value !== null &&
    (value as Readonly<Record<string, unknown>>)[field] !== undefined;
  const hasTime = seconds !== undefined || says(budget, 'seconds');
  if (!hasTime || trials !== undefined || says(budget, 'trials')) return undefined;
  return {
    // Rungs are below the steps: who says the ones has said the others.
    steps: !says(evaluator, 'steps') && fidelity === undefined,
    fidelity: fidelity === undefined,
    finalists: finalists === undefined && finalistSeeds === undefined,
  };
}

export interface ParseConfigOptions {
  /** Where the data came from, for messages. */
  readonly what?: string;
  /** The folder that relative paths begin at; the working directory by default. */
  readonly folder?: string;
  /** What the run is called where the config does not say. */
  readonly name?: string;
  readonly overrides?: ConfigOverrides;
}

/**
 * Resolves a config.
 * @throws MixnasError `bad-config`, `bad-profile` or `bad-usage` with one sentence that names the field.
 */
export function parseConfig(data: unknown, options: ParseConfigOptions = {}): SearchConfig {
  const what = options.what ?? 'config';
  const migrated = migrateConfig(data);
  const file = parseWith<ConfigFile>(configSchema, migrated, what, 'bad-config');
  const { portable, ...rest } = file;
  const open = openParts(migrated, options.overrides ?? {});
  const main = { ...resolve(rest, what, options), ...(open && { open }) };
  if (!portable) return main;
  const given = Object.fromEntries(Object.entries(portable).filter(([, value]) => value !== undefined));
  return { ...main, portable: resolve({ ...rest, ...given }, what, options) };
}

function resolve(file: ConfigFile, what: string, options: ParseConfigOptions): SearchConfig {
  const { overrides = {}, folder = '.' } = options;
  const at = (path: string) => (isAbsolute(path) || folder === '.' ? path : join(folder, path));
  const pathAt = (text: string) => (/[/\\]|\.(ya?ml|json)$/.test(text) ? at(text) : text);

  const loaded = [...new Set(overrides.profiles ?? file.profiles.map(pathAt))].map(loadProfile);
  const profiles = [...new Map(loaded.map((profile) => [profile.name, profile])).values()];
  const names = profiles.map((profile) => profile.name);
  const chosen = overrides.profiles !== undefined;
  const ofMemory = file.limits.memoryBytes;
  const memoryBytes = (ofMemory ?? overrides.maxMemoryBytes) && {
    ...checkLimits(ofMemory ?? {}, names, chosen, (name) => `${what}: \`limits.memoryBytes.${name}\``),
    ...checkLimits(overrides.maxMemoryBytes ?? {}, names, false, () => '--max-memory'),
  };
  const evaluator = parseWith<EvaluatorSpec>(
    evaluatorSchema,
    byName(overrides.evaluator, file.evaluator),
    overrides.evaluator === undefined ? `${what}: evaluator` : '--evaluator',
    'bad-config',
  );
  const space = overrides.space ?? pathAt(file.space);
  const config: RunConfig = {
    name: file.name ?? options.name ?? 'search',
    seed: numeric(overrides.seed) ?? file.seed,
    space,
    align: overrides.align ?? file.align,
    dataset: resolveDataset(file.dataset, overrides.dataset, space, at, what),
    deploy: file.deploy,
    profiles: names,
    limits: {
      ...file.limits,
      latencyMs: {
        ...checkLimits(
          file.limits.latencyMs,
          names,
          chosen,
          (name) => `${what}: \`limits.latencyMs.${name}\``,
        ),
        ...checkLimits(overrides.maxLatencyMs ?? {}, names, false, () => '--max-latency'),
      },
      ...(memoryBytes && { memoryBytes }),
    },
    objectives: resolveObjectives(
      overrides.objectives ?? file.objectives,
      names,
      { lenient: chosen, robust: file.robust, split: file.splitLatency !== undefined },
      overrides.objectives ? '--objective' : what,
    ),
    constraints: [...file.constraints, ...(overrides.constraints ?? [])],
    robust: file.robust,
    ...(file.splitLatency && { splitLatency: file.splitLatency }),
    groupGuide: file.groupGuide,
    gateGuide: file.gateGuide,
    sampler: byName(overrides.sampler, file.sampler),
    evaluator,
    budget: resolveBudget(file.budget, overrides),
    stop: resolveStop(file.stop, overrides.stop),
    fidelity: file.fidelity,
    finalists: resolveFinalists(file.finalists, overrides.finalistSeeds),
    executor: resolveExecutor(file.executor, overrides, at, what),
    warmStart: resolveWarmStart(file.warmStart, overrides.warmStartRuns),
    alerts: file.alerts,
    trialLimits: file.trialLimits,
    deterministic: overrides.deterministic ?? file.deterministic,
    workers:
      workersOf(overrides.workers) ??
      (file.workers === 'auto' ? evaluatorOf(evaluator).workers : file.workers),
  };
  checkFidelity(config, what);
  checkFinalists(config, what);
  checkWorkers(config, what);
  checkPrecision(config, what);
  const criteria = createCriteria(config, what);
  checkSplit(config, criteria.needs, what);
  parseSampler(config.sampler as SamplerSpec);
  checkRunName(config.name);
  if (overrides.name !== undefined) checkRunName(overrides.name);
  return { config, profiles, criteria, runName: overrides.name };
}

/** A seed from the command line is the number that it would be in a file. */
const numeric = (seed: string | number | undefined) =>
  typeof seed === 'string' && /^\d{1,15}$/.test(seed) ? Number(seed) : seed;

/** A thing named on the command line keeps the file's options where the file names the same. */
function byName<T extends { readonly name: string }>(
  override: string | undefined,
  inFile: string | T,
): T | { readonly name: string } {
  const given = typeof inFile === 'string' ? { name: inFile } : inFile;
  return override === undefined || override === given.name ? given : { name: override };
}

/**
 * The data with its path from the root, so that it is found from any working folder. A folder's images are brought to
 * the size of the space's where nothing says otherwise.
 */
function resolveDataset(
  inFile: ConfigFile['dataset'],
  override: string | undefined,
  space: string,
  at: (path: string) => string,
  what: string,
): ResolvedDataSpec {
  const given = override !== undefined ? parseDataset(override) : inFile;
  const spec = typeof given === 'string' ? parseDataset(given, at) : given;
  const place = override === undefined && typeof given !== 'string' ? at : (path: string) => path;
  const path = 'path' in spec && spec.path !== undefined ? { path: resolvePath(place(spec.path)) } : {};
  const isUnsized = spec.name === 'folder' && spec.resolution === undefined;
  const sized = isUnsized ? sizedFolder(spec, folderResolution(space)) : spec;
  return parseWith<ResolvedDataSpec>(dataSpecSchema, { ...sized, ...path }, `${what}: dataset`, 'bad-config');
}

/** Larger images than a folder is brought to are trained on at its largest size. */
const folderResolution = (space: string) => Math.min(512, loadSpace(space).source.resolution);

/** The number of workers that the command line asks for. @throws MixnasError `bad-config` when it is too large. */
export function workersOf(given: number | undefined): number | undefined {
  const schema = z.number().int().positive().max(mostWorkers).optional();
  return parseWith(schema, given, '--workers', 'bad-config');
}

/** What runs the trials; undefined for worker processes, which need no word. */
function resolveExecutor(
  inFile: ConfigFile['executor'],
  { executor, redis, queue, store, priority }: ConfigOverrides,
  at: (path: string) => string,
  what: string,
): ExecutorSpec | undefined {
  const given = typeof inFile === 'string' ? { kind: inFile } : inFile;
  const asked = [redis, queue, store, priority].some((value) => value !== undefined);
  const kind = executor ?? (asked ? 'bullmq' : given?.kind);
  if (kind === undefined) return undefined;
  const own = given?.kind === kind ? given : { kind };
  const place = 'store' in own && own.store !== undefined ? { store: placeOf(own.store, at) } : {};
  const changed = Object.entries({
    redis: redis && publicUrl(redis),
    queue,
    store: store && placeOf(store),
    priority,
  });
  const spec = {
    ...own,
    ...place,
    ...Object.fromEntries(changed.filter(([, value]) => value !== undefined)),
  };
  const field = executor === undefined && !asked ? `${what}: executor` : '--executor';
  const resolved = parseWith<ExecutorSpec>(executorSchema, spec, field, 'bad-config');
  return resolved.kind === 'processes' ? undefined : resolved;
}

/** A folder from the root; what is no folder is as it is. */
const placeOf = (store: string, at: (path: string) => string = (path) => path): string =>
  store.startsWith('s3://') ? store : resolvePath(at(store));

/** When a search ends, as the command line says over the file. @throws MixnasError `bad-config` */
export function resolveBudget(
  inFile: RunConfig['budget'],
  { trials, seconds }: Pick<ConfigOverrides, 'trials' | 'seconds'>,
): RunConfig['budget'] {
  const budget = { trials: trials ?? inFile.trials, seconds: seconds ?? inFile.seconds };
  const what = trials === undefined ? 'budget' : '--trials';
  return parseWith<RunConfig['budget']>(resolvedConfigSchema.shape.budget, budget, what, 'bad-config');
}

function resolveStop(inFile: StopRules | undefined, given: ConfigOverrides['stop']): StopRules | undefined {
  const rules = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  if (rules.length === 0) return inFile;
  return parseWith<StopRules>(
    resolvedConfigSchema.shape.stop.unwrap(),
    { ...inFile, ...Object.fromEntries(rules) },
    'stopping rules',
    'bad-config',
  );
}

function resolveFinalists(
  inFile: ConfigFile['finalists'],
  seeds: number | undefined,
): ConfigFile['finalists'] {
  if (seeds === undefined) return inFile;
  const schema = resolvedConfigSchema.shape.finalists.unwrap();
  return parseWith(schema, { ...inFile, seeds }, '--finalists', 'bad-config');
}

function resolveWarmStart(
  inFile: ConfigFile['warmStart'],
  runs: readonly string[] | undefined,
): ConfigFile['warmStart'] {
  if (!runs || runs.length === 0) return inFile;
  const more = { ...inFile, runs: [...(inFile?.runs ?? []), ...runs] };
  return parseWith(resolvedConfigSchema.shape.warmStart.unwrap(), more, '--warm-start', 'bad-config');
}

/** The resolved config of a run folder. @throws MixnasError `bad-run` */
export function parseStoredConfig(data: unknown, what: string): RunConfig {
  return parseWith<RunConfig>(resolvedConfigSchema, migrateConfig(data), what, 'bad-run');
}
