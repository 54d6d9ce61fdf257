/**
 * Where to cut a network between a phone and a server (Kang et al., "Neurosurgeon", ASPLOS 2017): the phone runs its
 * device kernels up to the cut, what crosses it is sent, and the server runs the rest.
 */
import { MixnasError } from '../../base/index.js';
import { type Prediction, createPredictor, loadProfile } from '../../hardware/index.js';
import { type AnyGraph, type LayerGraph, cost } from '../../models/index.js';
import { inferenceMs } from '../../training/index.js';
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

/** One place to cut. */
export interface Cut {
  /** The last op that the phone runs; undefined: the server runs all of it, and is sent the image. */
  readonly after: string | undefined;
  readonly phoneMs: number;
  readonly serverMs: number;
  /** What is sent to the server and back. */
  readonly bytes: number;
  /** At the bandwidth asked for, with the round trip; 0 where the phone runs everything. */
  readonly transferMs: number;
  readonly totalMs: number;
  /** The 90 % band, from those of both profiles. */
  readonly lowMs: number;
  readonly highMs: number;
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

/** What a cut takes at a bandwidth; the round trip only where the server has a part. */
export const splitMs = (
  { phoneMs, serverMs, bytes }: Pick<Cut, 'phoneMs' | 'serverMs' | 'bytes'>,
  mbps: number,
  rttMs: number,
): number => phoneMs + serverMs + (bytes > 0 ? (bytes * 8) / (mbps * 1000) + rttMs : 0);

const bytesOf = { int8: 1, fp16: 2, fp32: 4 } as const;
const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** A side's time of each op, and how far its band goes below and above. */
interface Side {
  readonly msOf: readonly number[];
  /** Once, where it runs anything. */
  readonly overheadMs: number;
  readonly low: number;
  readonly high: number;
}

/** A profile's time of each op: device kernels stand at the op that they are named after. */
function sideOf(graph: AnyGraph, { kernels, overheadUs, latencyMs, lowMs, highMs }: Prediction): Side {
  const at = new Map(graph.ops.map(({ name }, i) => [name, i]));
  const msOf = new Array<number>(graph.ops.length).fill(0);
  for (const { layer, latencyUs } of kernels) {
    const i = at.get(layer) ?? graph.ops.length - 1;
    msOf[i] = (msOf[i] as number) + latencyUs / 1000;
  }
  return { msOf, overheadMs: overheadUs / 1000, low: lowMs / latencyMs, high: highMs / latencyMs };
}

/** A known time of the whole network, divided among its ops by their MACs. */
function sideOfTotal(graph: AnyGraph, ms: number): Side {
  const macs = new Map(cost(graph).layers.map((layer) => [layer.name, layer.macs]));
  const total = [...macs.values()].reduce((sum, n) => sum + n, 0);
  const msOf = graph.ops.map(({ name }) => (ms * (macs.get(name) ?? 0)) / Math.max(1, total));
  return { msOf, overheadMs: 0, low: 1, high: 1 };
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
  const { profile, server, bandwidthMbps, rttMs, precision = 'fp32' } = options;
  const { name, graph, resolved } = resolveGraph(spec, options);
  const prediction = createPredictor(loadProfile(profile)).predict(graph);
  const phone = sideOf(graph, prediction);
  const other = await serverOf(graph, server, resolved !== undefined);
  const { ops } = graph;
  const lastUse = ops.map((_, i) => ops.reduce((last, op) => (op.inputs.includes(i) ? op.id : last), i));
  const answer = 4 * sizeOf(ops.at(-1)?.shape ?? []);
  const starts = new Set(prediction.kernels.map(({ layer }) => layer));
  const image = sizeOf(ops[0]?.shape ?? []);
  const sum = (list: readonly number[]) => list.reduce((total, n) => total + n, 0);

  /** The first op is the input: what begins after it is all of the network. */
  const cutBefore = (i: number): Cut => {
    const [onPhone, onServer] = [i > 1, i < ops.length];
    const phoneMs = onPhone ? sum(phone.msOf.slice(0, i)) + phone.overheadMs : 0;
    const serverMs = onServer ? sum(other.msOf.slice(i)) + other.overheadMs : 0;
    const crossing = ops.slice(0, i).filter((op) => (lastUse[op.id] as number) >= i);
    const sent = onPhone ? sum(crossing.map(({ shape }) => sizeOf(shape))) * bytesOf[precision] : image;
    const bytes = onServer ? sent + answer : 0;
    const totalMs = splitMs({ phoneMs, serverMs, bytes }, bandwidthMbps, rttMs);
    const transferMs = totalMs - phoneMs - serverMs;
    return {
      after: onPhone ? ops[i - 1]?.name : undefined,
      phoneMs,
      serverMs,
      bytes,
      transferMs,
      totalMs,
      lowMs: phoneMs * phone.low + serverMs * other.low + transferMs,
      highMs: phoneMs * phone.high + serverMs * other.high + transferMs,
    };
  };
  const allOnServer = cutBefore(1);
  const allOnPhone = cutBefore(ops.length);
  const places = ops.flatMap((op, i) => (i > 1 && starts.has(op.name) ? [i] : []));
  const cuts = [allOnServer, ...places.map(cutBefore), allOnPhone];
  const best = cuts.reduce((least, cut) => (cut.totalMs < least.totalMs ? cut : least));
  return {
    name,
    profile,
    server,
    bandwidthMbps,
    rttMs,
    precision,
    best,
    allOnPhone,
    allOnServer,
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
