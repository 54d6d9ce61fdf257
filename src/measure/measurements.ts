/** From what was measured to the measurements that a profile is fitted from. */
import { InternalError, median } from '../base/index.js';
import {
  type Kernel,
  type MappingRules,
  type Measurements,
  type ProfileSource,
  createKernelWalker,
  kernelKey,
  kernelReads,
  kernelRow,
  kernelWrites,
  mapKernels,
} from '../hardware/index.js';
import type { LayerGraph } from '../models/index.js';
import { type NodeTime, attributeNodes } from './attribute.js';
import type { NetworkRecord } from './host.js';
import { type PlannedNetwork, planGraph } from './plan.js';
import { findProbeEffect, withoutProbe } from './probe.js';
import type { PlannedKernel } from './single-kernels.js';

/** The device kernels of a graph with their µs; undefined where the runtime ran no node of that name. */
function timedKernels(
  graph: LayerGraph,
  nodes: readonly NodeTime[],
  rules: MappingRules,
): { kernel: Kernel; us: number | undefined }[] {
  const layers = new Set(graph.ops.map((op) => op.name));
  const { us } = attributeNodes(nodes, layers);
  const walker = createKernelWalker(rules);
  walker.walk(graph, () => undefined);
  // A fused layer's time belongs to the device kernel that it was merged into.
  const byKernel = new Map<string, number>();
  for (const op of graph.ops) {
    const time = us.get(op.name);
    const producer = graph.ops[walker.producerOf(op.id)];
    if (time === undefined || !producer) continue;
    byKernel.set(producer.name, (byKernel.get(producer.name) ?? 0) + time);
  }
  const kernels = mapKernels(graph, rules);
  const timedAs = nodeOfLayers(graph);
  // What ran as one node, the slices of one image or x * sigmoid(x), shares its time by what it moves.
  const moved = new Map<string, number>();
  const ran = new Map<string, number>();
  for (const kernel of kernels) {
    const node = timedAs(kernel.layer);
    moved.set(node, (moved.get(node) ?? 0) + movedBy(kernel));
  }
  for (const [layer, time] of byKernel) {
    const node = timedAs(layer);
    ran.set(node, (ran.get(node) ?? 0) + time);
  }
  return kernels.map((kernel) => {
    const node = timedAs(kernel.layer);
    const time = ran.get(node);
    return {
      kernel,
      us: time === undefined ? undefined : (time * movedBy(kernel)) / (moved.get(node) as number),
    };
  });
}

const movedBy = (kernel: Kernel) => kernelReads(kernel) + kernelWrites(kernel);

/** The name under which a layer is timed: the slices of one image are one node, named after any of them. */
function nodeOfLayers(graph: LayerGraph): (layer: string) => string {
  const slices = new Map(
    graph.ops.flatMap((op) => (op.kind === 'slice' ? [[op.name, `slices of ${op.inputs[0]}`]] : [])),
  );
  return (layer) => slices.get(layer) ?? layer;
}

/** Fewer device kernels than this say nothing about how times alone compare. */
const fewestCompared = 5;

/**
 * µs of a device kernel that ran as a graph of its own. What reorders its image into the runtime's layout and back
 * is not part of it: inside a network that is rare.
 */
function timeAlone(nodes: readonly NodeTime[], probeUs: number): number | undefined {
  const own = nodes.filter(({ node }) => !/^(Reorder|output$)/.test(node));
  const us = own.reduce((sum, node) => sum + node.us, 0) - probeUs * own.length;
  return us > 0 ? us : undefined;
}

/**
 * What a device kernel takes inside a network, divided by what it takes alone, where its weights and its image
 * stay in the cache: the median over kernels that ran both ways.
 */
function factorInNetworks(
  networks: readonly { readonly launches: Measurements['networks'][number]['launches'] }[],
  alone: readonly PlannedKernel[],
  usAlone: (of: PlannedKernel) => number | undefined,
  kernels: ReadonlyMap<string, { readonly index: number }>,
): number {
  const inside = new Map<number, number[]>();
  for (const { kernel, us } of networks.flatMap(({ launches }) => launches)) {
    if (us[0] != null) inside.set(kernel, [...(inside.get(kernel) ?? []), us[0]]);
  }
  const ratios = alone.flatMap((of) => {
    const times = inside.get(kernels.get(kernelKey(of.kernel))?.index ?? -1);
    const us = usAlone(of);
    return times === undefined || us === undefined ? [] : [median(times) / us];
  });
  return ratios.length < fewestCompared ? 1 : median(ratios);
}

/**
 * Measurements in our JSON, for the one device `name`.
 * @param alone device kernels that ran as graphs of their own.
 * @param records of the networks and of these kernels.
 */
export function hostMeasurements(
  name: string,
  { networks: planned, alone }: { networks: readonly PlannedNetwork[]; alone: readonly PlannedKernel[] },
  records: readonly NetworkRecord[],
  rules: MappingRules,
  source: ProfileSource,
): Measurements {
  const recordOf = new Map(records.map((record) => [record.name, record]));
  const found = (of: { readonly name: string }): NetworkRecord => {
    const record = recordOf.get(of.name);
    if (!record) throw new InternalError(`${of.name} was not measured`);
    return record;
  };
  const effect = findProbeEffect(planned.map(found));
  const kernels = new Map<string, { index: number; kernel: Kernel }>();
  const launchOf = ({ kernel, us }: { kernel: Kernel; us: number | undefined }) => {
    const key = kernelKey(kernel);
    const known = kernels.get(key) ?? { index: kernels.size, kernel };
    kernels.set(key, known);
    return { kernel: known.index, us: [us ?? null] };
  };
  const usAlone = (of: PlannedKernel, factor = 1) => {
    const us = timeAlone(found(of).nodes, effect.probeUs);
    return us === undefined ? undefined : us * factor;
  };
  const networks = planned.map((network) => {
    const record = found(network);
    const launches = timedKernels(planGraph(network), withoutProbe(record, effect), rules).map(launchOf);
    return {
      name: record.name,
      launches,
      endToEndUs: [record.us],
      deviationUs: [record.deviationUs],
    };
  });
  const factor = factorInNetworks(networks, alone, usAlone, kernels);
  const single = alone
    .filter(({ held }) => !held)
    .map((of) => ({ name: of.name, launches: [launchOf({ kernel: of.kernel, us: usAlone(of, factor) })] }));
  return {
    format: 'mixnas-measurements',
    version: 1,
    source,
    devices: [name],
    kernels: [...kernels.values()].map(({ kernel }) => ({ op: kernel.op, shape: kernelRow(kernel) })),
    networks: [...networks, ...single],
  };
}
