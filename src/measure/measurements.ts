/** From what was measured to the measurements that a profile is fitted from. */
import { InternalError } from '../base/index.js';
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

/** The kernels of a graph with their µs; undefined where the runtime ran no node of that name. */
function timedKernels(
  graph: LayerGraph,
  nodes: readonly NodeTime[],
  rules: MappingRules,
): { kernel: Kernel; us: number | undefined }[] {
  const layers = new Set(graph.ops.map((op) => op.name));
  const { us } = attributeNodes(nodes, layers);
  const walker = createKernelWalker(rules);
  walker.walk(graph, () => undefined);
  // A fused layer's time belongs to the kernel that it was merged into.
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

/** Measurements in our JSON, for the one device `name`. */
export function hostMeasurements(
  name: string,
  plan: readonly PlannedNetwork[],
  records: readonly NetworkRecord[],
  rules: MappingRules,
  source: ProfileSource,
): Measurements {
  const effect = findProbeEffect(records);
  const kernels = new Map<string, { index: number; kernel: Kernel }>();
  const networks = records.map((record) => {
    const planned = plan.find((network) => network.name === record.name);
    if (!planned) throw new InternalError(`${record.name} was not planned`);
    const launches = timedKernels(planGraph(planned), withoutProbe(record, effect), rules).map(
      ({ kernel, us }) => {
        const key = kernelKey(kernel);
        const known = kernels.get(key) ?? { index: kernels.size, kernel };
        kernels.set(key, known);
        return { kernel: known.index, us: [us ?? null] };
      },
    );
    return {
      name: record.name,
      launches,
      endToEndUs: [record.us],
      deviationUs: [record.deviationUs],
    };
  });
  return {
    format: 'mixnas-measurements',
    version: 1,
    source,
    devices: [name],
    kernels: [...kernels.values()].map(({ kernel }) => ({ op: kernel.op, shape: kernelRow(kernel) })),
    networks,
  };
}
