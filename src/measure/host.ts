/** Measures a plan of networks on this host, one after the other, and keeps each result as it comes. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { InternalError, asDiskError } from '../base/index.js';
import { type PlannedNetwork, planGraph } from './plan.js';
import { MeasuringProcess } from './process.js';
import type { TargetName } from './target.js';
import { relativeDeviation, typicalTime } from './timing.js';

const record = z.strictObject({
  name: z.string(),
  us: z.number().positive(),
  deviationUs: z.number().min(0),
  runs: z.number().int().positive(),
  nodes: z.array(z.strictObject({ node: z.string(), us: z.number().min(0) })),
  paceUs: z.number().positive(),
});
/** One network as measured: typical µs of the whole (see `typicalTime`) and of each node. */
export type NetworkRecord = z.output<typeof record>;

export interface MeasureHostOptions {
  readonly target: TargetName;
  /** The core to measure on. */
  readonly core: number;
  /** Seconds of timed runs for each network. */
  readonly seconds: number;
  /** Where results are kept as they come; what it already holds is not measured again. */
  readonly logPath: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number, record: NetworkRecord) => void) | undefined;
}

export interface HostMeasurement {
  readonly runtime: { readonly name: string; readonly version: string };
  /** In the order of the plan; shorter than it when interrupted. */
  readonly records: readonly NetworkRecord[];
}

/** How much slower than at its best the machine may be for a measurement to count, and how often it is repeated. */
const tolerance = 1.15;
const attempts = 3;

/** What an earlier, interrupted measurement left; a torn last line is dropped. */
function readLog(path: string): Map<string, NetworkRecord> {
  const found = new Map<string, NetworkRecord>();
  if (!existsSync(path)) return found;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    try {
      const parsed = record.parse(JSON.parse(line));
      found.set(parsed.name, parsed);
    } catch {
      // An interrupted append: that network is measured again.
    }
  }
  return found;
}

function startLog(path: string, kept: ReadonlyMap<string, NetworkRecord>): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const lines = [...kept.values()].map((one) => `${JSON.stringify(one)}\n`);
    writeFileSync(`${path}.new`, lines.join(''));
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw asDiskError(error, path) ?? error;
  }
}

/** Measures until the machine was quiet, or keeps the quietest of a few attempts. */
async function measureQuietly(
  runner: MeasuringProcess,
  network: PlannedNetwork,
  seconds: number,
  bestPace: () => number,
): Promise<NetworkRecord> {
  let best: NetworkRecord | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { samplesUs, nodes, paceUs } = await runner.measure({ graph: planGraph(network), seconds });
    const us = typicalTime(samplesUs);
    const found = {
      name: network.name,
      us,
      deviationUs: us * relativeDeviation(samplesUs),
      runs: samplesUs.length,
      nodes,
      paceUs,
    };
    if (!best || paceUs < best.paceUs) best = found;
    if (best.paceUs <= tolerance * bestPace()) break;
  }
  if (!best) throw new InternalError('no attempt was made');
  return best;
}

/**
 * Measures every network of a plan in a process pinned to one core. Resumable: results are appended to
 * `logPath` as they come.
 * @throws MixnasError `no-backend`, `failed` when the runtime refuses a network, `no-space`.
 */
export async function measureHost(
  plan: readonly PlannedNetwork[],
  options: MeasureHostOptions,
): Promise<HostMeasurement> {
  const done = readLog(options.logPath);
  startLog(options.logPath, done);
  const { process: runner, runtime } = await MeasuringProcess.start(options.target, options.core);
  try {
    for (const network of plan) {
      if (options.signal?.aborted) break;
      if (done.has(network.name)) continue;
      const best = () => Math.min(...[...done.values()].map((one) => one.paceUs));
      const found = await measureQuietly(runner, network, options.seconds, best);
      appendFileSync(options.logPath, `${JSON.stringify(found)}\n`);
      done.set(network.name, found);
      const count = plan.filter((planned) => done.has(planned.name)).length;
      options.onProgress?.(count, plan.length, found);
    }
  } finally {
    runner.close();
  }
  return { runtime, records: plan.flatMap((network) => done.get(network.name) ?? []) };
}
