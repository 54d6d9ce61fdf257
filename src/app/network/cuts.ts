/** Every cut of a network between two devices, priced. */
import type { Prediction, Predictor } from '../../hardware/index.js';
import { type AnyGraph, cost } from '../../models/index.js';

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

/** What a cut takes at a bandwidth; the round trip only where the server has a part. */
export const splitMs = (
  { phoneMs, serverMs, bytes }: Pick<Cut, 'phoneMs' | 'serverMs' | 'bytes'>,
  mbps: number,
  rttMs: number,
): number => phoneMs + serverMs + (bytes > 0 ? (bytes * 8) / (mbps * 1000) + rttMs : 0);

const bytesOf = { int8: 1, fp16: 2, fp32: 4 } as const;
const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** A side's time of each op, and how far its band goes below and above. */
export interface Side {
  readonly msOf: readonly number[];
  /** Once, where it runs anything. */
  readonly overheadMs: number;
  readonly low: number;
  readonly high: number;
}

/** A profile's time of each op: device kernels stand at the op that they are named after. */
export function sideOf(graph: AnyGraph, { kernels, overheadUs, latencyMs, lowMs, highMs }: Prediction): Side {
  const at = new Map(graph.ops.map(({ name }, i) => [name, i]));
  const msOf = new Array<number>(graph.ops.length).fill(0);
  for (const { layer, latencyUs } of kernels) {
    const i = at.get(layer) ?? graph.ops.length - 1;
    msOf[i] = (msOf[i] as number) + latencyUs / 1000;
  }
  return { msOf, overheadMs: overheadUs / 1000, low: lowMs / latencyMs, high: highMs / latencyMs };
}

/** A known time of the whole network, divided among its ops by their MACs. */
export function sideOfTotal(graph: AnyGraph, ms: number): Side {
  const macs = new Map(cost(graph).layers.map((layer) => [layer.name, layer.macs]));
  const total = [...macs.values()].reduce((sum, n) => sum + n, 0);
  const msOf = graph.ops.map(({ name }) => (ms * (macs.get(name) ?? 0)) / Math.max(1, total));
  return { msOf, overheadMs: 0, low: 1, high: 1 };
}

/** The network between phone and server. */
interface Link {
  /** Megabits a second, up and down. */
  readonly bandwidthMbps: number;
  /** Milliseconds there and back, once where the server has a part. */
  readonly rttMs: number;
  /** What is sent of each number that crosses the cut. */
  readonly precision: keyof typeof bytesOf;
}

/** The sums of what lies before each place, and with `from` of what lies behind it. */
function sums(list: readonly number[], from?: 'end'): number[] {
  const result = new Array<number>(list.length + 1).fill(0);
  if (from)
    for (let i = list.length - 1; i >= 0; i--) result[i] = (result[i + 1] as number) + (list[i] as number);
  else for (let i = 0; i < list.length; i++) result[i + 1] = (result[i] as number) + (list[i] as number);
  return result;
}

/** Of each place the numbers that cross it: made before it, and read behind it. */
function crossings({ ops }: AnyGraph): number[] {
  const last = ops.map((_, i) => i);
  for (const op of ops) for (const from of op.inputs) last[from] = Math.max(last[from] as number, op.id);
  const change = new Array<number>(ops.length + 1).fill(0);
  for (const { id, shape } of ops) {
    if ((last[id] as number) === id) continue;
    change[id + 1] = (change[id + 1] as number) + sizeOf(shape);
    change[(last[id] as number) + 1] = (change[(last[id] as number) + 1] as number) - sizeOf(shape);
  }
  let open = 0;
  return change.map((step) => (open += step));
}

/**
 * Prices every cut of a graph, in its order. A cut lies before a device kernel of the phone, so that none is torn.
 * Sent are the tensors that cross it, or the image as bytes where the server runs all, and the logits back as fp32.
 * @param starts names of the ops at which device kernels of the phone begin.
 */
export function priceCuts(
  graph: AnyGraph,
  phone: Side,
  other: Side,
  starts: ReadonlySet<string>,
  { bandwidthMbps, rttMs, precision }: Link,
): Cut[] {
  const { ops } = graph;
  const answer = 4 * sizeOf(ops.at(-1)?.shape ?? []);
  const image = sizeOf(ops[0]?.shape ?? []);
  const crossing = crossings(graph);
  const [before, behind] = [sums(phone.msOf), sums(other.msOf, 'end')];

  /** The first op is the input: what begins after it is all of the network. */
  const cutBefore = (i: number): Cut => {
    const [onPhone, onServer] = [i > 1, i < ops.length];
    const phoneMs = onPhone ? (before[i] as number) + phone.overheadMs : 0;
    const serverMs = onServer ? (behind[i] as number) + other.overheadMs : 0;
    const sent = onPhone ? (crossing[i] as number) * bytesOf[precision] : image;
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
  const places = ops.flatMap((op, i) => (i > 1 && starts.has(op.name) ? [i] : []));
  return [1, ...places, ops.length].map(cutBefore);
}

/** The cut that takes least; of equal ones the first. */
export const bestOf = (cuts: readonly Cut[]): Cut =>
  cuts.reduce((least, cut) => (cut.totalMs < least.totalMs ? cut : least));

/** Prices the best cut of one network after another, for a search. @param server milliseconds of every network there. */
export function createSplitPricer(
  phone: Pick<Predictor, 'predict'>,
  server: Pick<Predictor, 'predict'> | number,
  link: Link,
): (graph: AnyGraph) => Cut {
  return (graph) => {
    const prediction = phone.predict(graph);
    const other =
      typeof server === 'number' ? sideOfTotal(graph, server) : sideOf(graph, server.predict(graph));
    const starts = new Set(prediction.kernels.map(({ layer }) => layer));
    return bestOf(priceCuts(graph, sideOf(graph, prediction), other, starts, link));
  };
}
