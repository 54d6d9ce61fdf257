/**
 * Where to cut a network between a phone and a server (Kang et al., "Neurosurgeon", ASPLOS 2017): the phone runs its
 * device kernels up to the cut, what crosses it is sent, and the server runs the rest.
 */
import { MixnasError } from '../../base/index.js';
import { createPredictor, loadProfile } from '../../hardware/index.js';
import type { AnyGraph, LayerGraph } from '../../models/index.js';
import { inferenceMs } from '../../training/index.js';
import { type Cut, type Side, bestOf, priceCuts, sideOf, sideOfTotal, splitMs } from './cuts.js';
import { type GraphOptions, resolveGraph } from './graph.js';

export interface SplitOptions extends GraphOptions {
  /** The phone's profile. */
  readonly profile: string;
  /** The server: a profile, `host` for this machine as measured now, or the milliseconds of the whole network. */
  readonly server: string;
  /** Megabits a second, up and down. */
  readonly bandwidthMbps: number;
  /** Milliseconds there and back, once where the server has a part. */
  readonly rttMs: number;
  /** What is sent of each number that crosses the cut; default: fp32. */
  readonly precision?: 'int8' | 'fp16' | 'fp32' | undefined;
}

/** The cut that is best from a bandwidth on. */
export interface BestFrom {
  /** Megabits a second; 0 for the first. */
  readonly fromMbps: number;
  readonly cut: Cut;
}

export interface SplitReport {
  readonly name: string;
  readonly profile: string;
  readonly server: string;
  readonly bandwidthMbps: number;
  readonly rttMs: number;
  readonly precision: 'int8' | 'fp16' | 'fp32';
  readonly best: Cut;
  readonly allOnPhone: Cut;
  readonly allOnServer: Cut;
  /** In the order of the network. */
  readonly cuts: readonly Cut[];
  /** By rising bandwidth. */
  readonly bestFrom: readonly BestFrom[];
}

async function serverOf(graph: AnyGraph, server: string, isOurs: boolean): Promise<Side> {
  if (server === 'host') {
    if (!isOurs) {
      throw new MixnasError('bad-usage', '--server host measures our own networks, not model files.', {
        remedy: 'Give a profile, or the milliseconds that the server takes.',
      });
    }
    return sideOfTotal(graph, await inferenceMs(graph as LayerGraph));
  }
  const ms = Number(server);
  if (server.trim() !== '' && Number.isFinite(ms)) {
    if (ms > 0) return sideOfTotal(graph, ms);
    throw new MixnasError('bad-usage', `--server ${server}: expected milliseconds above 0.`);
  }
  return sideOf(graph, createPredictor(loadProfile(server)).predict(graph));
}

/**
 * Prices every cut of a network's layer graph. A cut lies before a device kernel of the phone, so that none is torn.
 * Sent are the tensors that cross it, or the image as bytes where the server runs all, and the logits back as fp32.
 * @param spec as `resolveGraph` takes it.
 * @throws MixnasError `bad-config`, `bad-profile`, `bad-data` or `bad-usage`.
 */
export async function split(spec: string, options: SplitOptions): Promise<SplitReport> {
  const { name, graph, resolved } = resolveGraph(spec, options);
  return splitGraph(name, graph, resolved !== undefined, options);
}

/** The same of a layer graph. @param isOurs whether it is a network of ours, which this machine can run. */
export async function splitGraph(
  name: string,
  graph: AnyGraph,
  isOurs: boolean,
  { profile, server, bandwidthMbps, rttMs, precision = 'fp32' }: SplitOptions,
): Promise<SplitReport> {
  const prediction = createPredictor(loadProfile(profile)).predict(graph);
  const phone = sideOf(graph, prediction);
  const other = await serverOf(graph, server, isOurs);
  const starts = new Set(prediction.kernels.map(({ layer }) => layer));
  const cuts = priceCuts(graph, phone, other, starts, { bandwidthMbps, rttMs, precision });
  return {
    name,
    profile,
    server,
    bandwidthMbps,
    rttMs,
    precision,
    best: bestOf(cuts),
    allOnPhone: cuts.at(-1) as Cut,
    allOnServer: cuts[0] as Cut,
    cuts,
    bestFrom: bestFrom(cuts, rttMs),
  };
}

/**
 * The best cut at every bandwidth. With x the milliseconds a byte takes, a cut takes a + bytes * x: the lower envelope
 * of lines, walked from a network that carries nothing (only what sends nothing is possible) to one without a limit.
 */
export function bestFrom(cuts: readonly Cut[], rttMs: number): readonly BestFrom[] {
  const fixed = (cut: Cut) => splitMs(cut, Number.POSITIVE_INFINITY, rttMs);
  // Fewer bytes first; of equal ones only the fastest can be best.
  const lines = cuts.toSorted((a, b) => a.bytes - b.bytes || fixed(a) - fixed(b));
  const found: BestFrom[] = [];
  let at = lines[0];
  let mbps = 0;
  while (at !== undefined) {
    const now: Cut = at;
    found.push({ fromMbps: mbps, cut: now });
    // Where a line with more bytes and a smaller fixed part crosses this one: the least bandwidth comes first.
    const crossings = lines
      .filter((cut) => cut.bytes > now.bytes && fixed(cut) < fixed(now))
      .map((cut) => ({ cut, mbps: ((cut.bytes - now.bytes) * 8) / 1000 / (fixed(now) - fixed(cut)) }));
    const next = crossings.toSorted((a, b) => a.mbps - b.mbps || fixed(a.cut) - fixed(b.cut))[0];
    at = next?.cut;
    mbps = next?.mbps ?? mbps;
  }
  return found;
}
