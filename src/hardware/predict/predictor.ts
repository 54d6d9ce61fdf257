/** Latency of a layer graph on one device: its device kernels, priced one by one, and the network's overhead. */
import {
  type Architecture,
  type BlockPlaces,
  createBlockPlaces,
  type Lesson,
  lower,
  type AnyGraph,
  type AnyOp,
  type LowerOptions,
} from '../../models/index.js';
import { kernelOfRow, kernelOps, type Kernel, type KernelOp, type KernelRow } from '../kernel.js';
import { createKernelWalker, type KernelNumbers, type KernelSink, mapKernels } from '../mapping.js';
import { type MemoryUse, memoryUse } from './memory.js';
import { type CompiledPricer, createCompiledPricer } from './compiled.js';
import { busyUs, classScales, networkUs } from './overhead.js';
import { type Busy, createArchitecturePricer } from './architecture-pricer.js';
import { bandWidth, type Shares } from './band.js';
import { createPricer, type Source } from './price.js';
import type { Profile } from '../profile/index.js';

export interface KernelPrediction {
  /** Class of the device kernel. */
  readonly op: KernelOp;
  readonly latencyUs: number;
  readonly source: Source;
  /** Name of the layer it stands for. */
  readonly layer: string;
  readonly kernel: Kernel;
}

/** `kernels` and `overheadUs` add up to the latency. */
export interface Prediction {
  readonly profile: string;
  /** Input height and width in pixels. */
  readonly resolution: number;
  readonly latencyMs: number;
  /** The 90 % band. */
  readonly lowMs: number;
  readonly highMs: number;
  readonly overheadUs: number;
  /** The arena of the activations alone. */
  readonly peakMemoryBytes: number;
  /** Activations, weights and the runtime's share. */
  readonly memory: MemoryUse;
  readonly kernels: readonly KernelPrediction[];
}

export interface Predictor {
  readonly profile: Profile;
  predict(graph: AnyGraph): Prediction;
  /**
   * The latency alone, without marks and band: the same number, faster.
   * @param runs how often layers run: then the latency of an image on average.
   */
  latencyMs(graph: AnyGraph, runs?: LayerRuns): number;
  /**
   * The latency of an architecture, block by block: a few microseconds once its blocks were seen, because
   * then it is not even lowered. Sums in another order, so the last digits may differ from `latencyMs`.
   */
  latencyOf(architecture: Architecture, at?: LowerOptions): number;
}

/** How often layers run, by name, from 0 to 1; those that are not named always do. */
export type LayerRuns = ReadonlyMap<string, number>;

/** Remembers a price by shape: two map look-ups a device kernel, no allocation. */
function createPriceMemo(price: (kernel: Kernel) => number): (...kernel: KernelNumbers) => number {
  const byConfiguration = new Map<number, Map<number, number>>();
  const priced = (op: number, ...row: KernelRow) => price(kernelOfRow(kernelOps[op] as KernelOp, row));
  return (op, size, input, output, kernel, stride, dilation, groups, fused) => {
    // A network of ours has no more channels than fit the key; of a file's, what has is priced each time.
    if (input >= 65_536 || output >= 65_536) {
      return priced(op, size, input, output, kernel, stride, dilation, groups, fused);
    }
    const configuration =
      ((((op * 64 + kernel) * 16 + stride) * 64 + dilation) * 65_536 + groups) * 64 + fused;
    const shape = (size * 65_536 + input) * 65_536 + output;
    let byShape = byConfiguration.get(configuration);
    if (byShape === undefined) byConfiguration.set(configuration, (byShape = new Map()));
    let us = byShape.get(shape);
    if (us === undefined) {
      us = priced(op, size, input, output, kernel, stride, dilation, groups, fused);
      byShape.set(shape, us);
    }
    return us;
  };
}

/**
 * A predictor for one profile. It remembers what it priced: make it once and keep it.
 * @param places where it remembers what blocks take; shared by those who price the same architectures.
 */
export function createPredictor(profile: Profile, places: BlockPlaces = createBlockPlaces()): Predictor {
  const compiled = createCompiledPricer(profile);
  return compiled ? compiledPredictor(profile, compiled) : kernelPredictor(profile, places);
}

/** Device kernels depend on those around them: networks are planned as a whole. */
function compiledPredictor(profile: Profile, pricer: CompiledPricer): Predictor {
  return {
    profile,
    latencyMs(graph, runs) {
      if (runs === undefined) return pricer.boardUs(graph) / 1000;
      const runsOf = (layer: number) => runs.get((graph.ops[layer] as AnyOp).name) ?? 1;
      const us = pricer
        .kernels(graph)
        .reduce((sum, { layer, boardUs }) => sum + boardUs * runsOf(layer), pricer.fixedUs);
      return us / 1000;
    },
    latencyOf: (architecture, at = {}) => pricer.boardUs(lower(architecture, at)) / 1000,
    predict(graph) {
      const kernels = pricer.kernels(graph).map(
        ({ layer, kernel, us }): KernelPrediction => ({
          op: kernel.op,
          latencyUs: us,
          source: 'simulated',
          layer: (graph.ops[layer] as AnyOp).name,
          kernel,
        }),
      );
      const us = pricer.boardUs(graph);
      return predictionOf(profile, graph, us, kernels, { interpolated: 0, extrapolated: 0, unmeasured: 0 });
    },
  };
}

function predictionOf(
  profile: Profile,
  graph: AnyGraph,
  us: number,
  kernels: readonly KernelPrediction[],
  shares: Shares,
): Prediction {
  const width = Math.exp(bandWidth(profile.band, shares));
  const latencyMs = us / 1000;
  const memory = memoryUse(graph, profile);
  return {
    profile: profile.name,
    resolution: graph.resolution,
    latencyMs,
    lowMs: latencyMs / width,
    highMs: latencyMs * width,
    overheadUs: us - kernels.reduce((sum, k) => sum + k.latencyUs, 0),
    peakMemoryBytes: memory.activationBytes,
    memory,
    kernels,
  };
}

/** Device kernels are priced one by one; what blocks take is remembered. */
function kernelPredictor(profile: Profile, places: BlockPlaces): Predictor {
  const pricer = createPricer(profile);
  const memo = createPriceMemo(pricer.us);
  const walker = createKernelWalker(profile.mapping);
  const scales = classScales(profile.overhead);
  let sumUs = 0;
  let scaledUs = 0;
  /** How often the layer of an id runs, in the present walk. */
  let runsOf: ((layer: number) => number) | undefined;
  const sink: KernelSink = (layer, op, size, input, output, kernel, stride, dilation, groups, fused) => {
    const us = memo(op, size, input, output, kernel, stride, dilation, groups, fused);
    const busy = busyUs(profile.overhead, us) * (runsOf?.(layer) ?? 1);
    sumUs += busy;
    scaledUs += busy * (scales[op] as number);
  };

  /** Milliseconds, from the sums of the last walk. */
  function totalMs(graph: AnyGraph, runs?: LayerRuns): number {
    runsOf = runs && ((layer) => runs.get((graph.ops[layer] as AnyOp).name) ?? 1);
    sumUs = 0;
    scaledUs = 0;
    walker.walk(graph, sink);
    return networkUs(profile.overhead, sumUs, scaledUs) / 1000;
  }

  function predict(graph: AnyGraph): Prediction {
    let unmeasuredUs = 0;
    const kernels = mapKernels(graph, profile.mapping).map(({ layer, ...kernel }): KernelPrediction => {
      const { us, source, unmeasured } = pricer.price(kernel);
      if (unmeasured) unmeasuredUs += us;
      return { op: kernel.op, latencyUs: us, source, layer, kernel };
    });
    const latencyMs = totalMs(graph);
    const share = (source: Source) =>
      kernels.reduce((sum, k) => sum + (k.source === source ? k.latencyUs : 0), 0) / (1000 * latencyMs);
    const shares = {
      interpolated: share('interpolated'),
      extrapolated: share('extrapolated'),
      unmeasured: unmeasuredUs / (1000 * latencyMs),
    };
    return predictionOf(profile, graph, 1000 * latencyMs, kernels, shares);
  }

  return {
    profile,
    predict,
    latencyMs: totalMs,
    latencyOf: createArchitecturePricer(profile, { learnParts, endsBusy }, places),
  };

  /** How long each kernel of some layers keeps the device busy. */
  function eachBusy(
    graph: AnyGraph,
    counts: (layer: number) => boolean,
    take: (layer: number, us: number, scaledUs: number) => void,
  ): void {
    walker.walk(graph, (layer, op, size, input, output, kernel, stride, dilation, groups, fused) => {
      if (!counts(layer)) return;
      const us = memo(op, size, input, output, kernel, stride, dilation, groups, fused);
      const busy = busyUs(profile.overhead, us);
      take(layer, busy, busy * (scales[op] as number));
    });
  }

  /** Adds what each kernel of a lesson takes to its part. */
  function learnParts({ graph, slots }: Lesson, sums: Float64Array, scaled: Float64Array): void {
    const counts = (layer: number) => (slots[layer] as number) >= 0;
    eachBusy(graph, counts, (layer, us, own) => {
      const slot = slots[layer] as number;
      sums[slot] = (sums[slot] as number) + us;
      scaled[slot] = (scaled[slot] as number) + own;
    });
  }

  /** What a graph's stem and head take. */
  function endsBusy(graph: AnyGraph): Busy {
    const busy: Busy = { sumUs: 0, scaledUs: 0 };
    const counts = (layer: number) => (graph.ops[layer] as AnyOp).block === undefined;
    eachBusy(graph, counts, (_, us, own) => {
      busy.sumUs += us;
      busy.scaledUs += own;
    });
    return busy;
  }
}
