/**
 * Measures a plan of graphs, networks and single device kernels, on this host in rounds: each round times every
 * network once, minutes apart. A machine that is slow for a while is slow for all of them, and one round in two
 * may be disturbed without being seen in the figures. Each result is kept as it comes.
 */
import { InternalError } from '../base/index.js';
import { type MeasureLog, type RoundRecord, openMeasureLog } from './log.js';
import type { PlannedGraph } from './plan.js';
import { MeasuringProcess } from './process.js';
import type { TargetName } from './target.js';
import type { NodeTime } from './attribute.js';
import { relativeDeviation, typicalTime } from './timing.js';

/** One network as measured: typical µs of the whole (see `typicalTime`) and of each node. */
export interface NetworkRecord {
  readonly name: string;
  readonly us: number;
  /** Between rounds, or between runs when there was one round. */
  readonly deviationUs: number;
  readonly rounds: number;
  readonly nodes: readonly NodeTime[];
}

export interface MeasureHostOptions {
  readonly target: TargetName;
  /** The core to measure on. */
  readonly core: number;
  /** Seconds of timed runs for each network in each round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Whether to time the nodes of the networks too. */
  readonly nodes: boolean;
  /** Where results are kept as they come; what it already holds is not measured again. */
  readonly logPath: string;
  readonly signal?: AbortSignal | undefined;
  /** Called after each timing; `total` is networks times rounds. */
  readonly onProgress?: ((done: number, total: number, name: string, us: number) => void) | undefined;
}

export interface HostMeasurement {
  readonly runtime: { readonly name: string; readonly version: string };
  /** In the order of the plan. */
  readonly records: readonly NetworkRecord[];
}

/**
 * Every node's typical time over the rounds that timed nodes, in the first round's order. The runtime may
 * order what does not depend on each other differently each time, so nodes are identified by name.
 */
function mergeNodes(rounds: readonly RoundRecord[]): NodeTime[] {
  const times = new Map<string, number[]>();
  for (const { nodes } of rounds) {
    for (const { node, us } of nodes) times.set(node, [...(times.get(node) ?? []), us]);
  }
  return [...times].map(([node, list]) => ({ node, us: typicalTime(list) }));
}

function merge(name: string, rounds: readonly RoundRecord[]): NetworkRecord {
  const [first] = rounds;
  if (first === undefined) throw new InternalError(`${name} was not measured`);
  const times = rounds.map((round) => round.us);
  const us = typicalTime(times);
  const deviationUs = rounds.length > 1 ? us * relativeDeviation(times) : first.deviationUs;
  return { name, us, deviationUs, rounds: rounds.length, nodes: mergeNodes(rounds) };
}

async function measureRound(
  runner: MeasuringProcess,
  { name, graph, share = 1 }: PlannedGraph,
  { seconds, nodes }: MeasureHostOptions,
  round: number,
): Promise<RoundRecord> {
  const { samplesUs, nodes: times } = await runner.measure({
    graph: graph(),
    seconds: seconds * share,
    nodes,
  });
  const us = typicalTime(samplesUs);
  return {
    name,
    round,
    us,
    deviationUs: us * relativeDeviation(samplesUs),
    runs: samplesUs.length,
    nodes: times,
  };
}

async function measureMissing(
  runner: MeasuringProcess,
  plan: readonly PlannedGraph[],
  options: MeasureHostOptions,
  log: MeasureLog,
): Promise<void> {
  const total = plan.length * options.rounds;
  let done = 0;
  for (let round = 0; round < options.rounds; round++) {
    for (const network of plan) {
      done++;
      if (log.has(network.name, round)) continue;
      options.signal?.throwIfAborted();
      const record = await measureRound(runner, network, options, round);
      log.append(record);
      options.onProgress?.(done, total, network.name, record.us);
    }
  }
}

/**
 * Measures every graph of a plan in a process pinned to one core. Resumable: results are appended to
 * `logPath` as they come, and an interrupted call continues from there.
 * @throws MixnasError `no-backend`, `failed` when the runtime refuses a network, `no-space`, or the signal's
 *   reason.
 */
export async function measureHost(
  plan: readonly PlannedGraph[],
  options: MeasureHostOptions,
): Promise<HostMeasurement> {
  const log = openMeasureLog(options.logPath);
  const { process: runner, runtime } = await MeasuringProcess.start(options.target, options.core);
  try {
    await measureMissing(runner, plan, options, log);
  } finally {
    runner.close();
  }
  return { runtime, records: plan.map(({ name }) => merge(name, log.rounds(name))) };
}
