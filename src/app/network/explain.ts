/** What a network loses on each device by where the borders of its mixed convolutions lie, and on an NPU by its memory. */
import { MixnasError } from '../../base/index.js';
import {
  createNpuPricer,
  createPredictor,
  type ExplainedOperation,
  loadProfile,
  type Predictor,
  type Profile,
  profileNames,
  usualProfiles,
} from '../../hardware/index.js';
import {
  type AnyGraph,
  type AnyOp,
  allowsAlign,
  type Architecture,
  isAligned,
  lower,
  type LowerOptions,
  mixBorders,
  withAlign,
} from '../../models/index.js';
import { type GraphOptions, resolveGraph } from './graph.js';

/** A mixed convolution, and the same one with its borders at multiples. */
export interface ExplainedBlock {
  readonly block: number;
  readonly channels: number;
  readonly sizes: readonly number[];
  readonly alignedSizes: readonly number[];
  /** `too-few`: a group would have less than one multiple, so the borders stay. */
  readonly state: 'aligned' | 'moves' | 'too-few';
  /** Of the whole network when only this block's borders move. */
  readonly alignedMs: number;
  /** What the borders cost, in ms and in percent of the network's latency; negative where they are an advantage. */
  readonly lossMs: number;
  readonly lossPct: number;
}

/** What the plan of an NPU's compiler says of a layer that is not priced by its multiplications alone. */
export interface ExplainedLayer extends Omit<ExplainedOperation, 'layer'> {
  readonly layer: string;
  readonly block?: number;
}

/** Milliseconds of the compiler's own estimate; a layer may be in several. */
export interface PlanSums {
  readonly totalMs: number;
  /** Of operations that read or write a map in DRAM. */
  readonly spilledMs: number;
  /** Of operations with a map laid out pixel by pixel (NHWC); of those in DRAM. */
  readonly linearMs: number;
  readonly linearSpilledMs: number;
  /** Of operations that read their input more than twice over. */
  readonly rereadMs: number;
  readonly copiesMs: number;
}

export interface ExplainedDevice {
  readonly profile: string;
  /** What borders are compared with; undefined where the profile does not say what suits the device. */
  readonly multiple: number | undefined;
  readonly latencyMs: number;
  /** With the borders of all blocks at multiples. */
  readonly alignedMs: number;
  readonly lossPct: number;
  readonly blocks: readonly ExplainedBlock[];
  /** On an NPU whose compiler plans memory. */
  readonly plan?: { readonly sums: PlanSums; readonly layers: readonly ExplainedLayer[] };
}

export interface ExplainReport {
  readonly name: string;
  readonly resolution: number;
  readonly devices: readonly ExplainedDevice[];
}

export interface ExplainOptions extends GraphOptions {
  /** Profile names or paths. Default: one of each device and unit, see `usualProfiles`. */
  readonly profiles?: readonly string[] | undefined;
  /** Where no profiles are named: every one there is. */
  readonly allProfiles?: boolean | undefined;
}

/**
 * Says what a network loses by its borders on each device, and what the nearest aligned one would take.
 * @param spec an architecture, see `resolveArchitecture`.
 * @throws MixnasError `bad-usage` for a model file, which has no blocks; `bad-config` or `bad-profile`.
 */
export function explain(spec: string, options: ExplainOptions = {}): ExplainReport {
  const { name, graph, resolved } = resolveGraph(spec, options);
  if (resolved === undefined) {
    throw new MixnasError('bad-usage', `${spec}: --explain is for architectures; this is a model file.`, {
      remedy: 'Give --kernels, which lists what each layer takes.',
    });
  }
  const at = { resolution: graph.resolution, classes: graph.classes };
  const { profiles: named = options.allProfiles ? profileNames() : usualProfiles() } = options;
  const profiles = [...new Set(named)].map(loadProfile);
  return {
    name,
    resolution: graph.resolution,
    devices: profiles.map((profile) => explainDevice(profile, resolved.architecture, graph, at)),
  };
}

function explainDevice(
  profile: Profile,
  architecture: Architecture,
  graph: AnyGraph,
  at: LowerOptions,
): ExplainedDevice {
  const predictor = createPredictor(profile);
  const latencyMs = predictor.latencyMs(graph);
  const multiple = profile.channelGranularity;
  const aligned = multiple === undefined ? architecture : withAlign(architecture, multiple);
  const alignedMs = predictor.latencyMs(lower(aligned, at));
  return {
    profile: profile.name,
    multiple,
    latencyMs,
    alignedMs,
    lossPct: 100 * (latencyMs / alignedMs - 1),
    blocks: multiple === undefined ? [] : blocksOf(predictor, architecture, multiple, at, latencyMs),
    ...(profile.compiler && { plan: planOf(profile.compiler, graph) }),
  };
}

function blocksOf(
  predictor: Predictor,
  architecture: Architecture,
  multiple: number,
  at: LowerOptions,
  latencyMs: number,
): ExplainedBlock[] {
  const after = mixBorders(withAlign(architecture, multiple));
  return mixBorders(architecture).map(({ block, channels, sizes }, i) => {
    const alignedSizes = after[i]?.sizes ?? sizes;
    const moves = alignedSizes.join() !== sizes.join();
    const alignedMs = moves
      ? predictor.latencyMs(lower(withAlign(architecture, multiple, block), at))
      : latencyMs;
    const few = !allowsAlign({ channels, sizes }, multiple) && !isAligned(sizes, multiple);
    const lossMs = latencyMs - alignedMs;
    return {
      block,
      channels,
      sizes,
      alignedSizes,
      state: moves ? 'moves' : few ? 'too-few' : 'aligned',
      alignedMs,
      lossMs,
      lossPct: (100 * lossMs) / alignedMs,
    };
  });
}

/** Reading a map this often is what windows and strides do by themselves. */
const usualReads = 2;

function planOf({ machine, variant }: NonNullable<Profile['compiler']>, graph: AnyGraph) {
  const layers = createNpuPricer(machine, variant)
    .explain(graph)
    .map(({ layer, ...rest }): ExplainedLayer => {
      const { name, block } = graph.ops[layer] as AnyOp;
      return { layer: name, ...(block !== undefined && { block }), ...rest };
    });
  const ms = (holds: (layer: ExplainedLayer) => boolean) =>
    layers.reduce((sum, layer) => sum + (holds(layer) ? layer.us / 1000 : 0), 0);
  const spilled = ({ input, output, inStripes }: ExplainedLayer) =>
    !inStripes && (input.memory === 'DRAM' || output.memory === 'DRAM');
  const linear = ({ input, output }: ExplainedLayer) => input.layout === 'NHWC' || output.layout === 'NHWC';
  return {
    sums: {
      totalMs: ms(() => true),
      spilledMs: ms(spilled),
      linearMs: ms(linear),
      linearSpilledMs: ms((layer) => linear(layer) && spilled(layer)),
      rereadMs: ms(({ timesRead, bound }) => timesRead > usualReads && bound !== 'compute'),
      copiesMs: ms(({ kind }) => kind === 'copy'),
    },
    layers,
  };
}
