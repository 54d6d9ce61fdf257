/** From what was measured to the measurements that a profile is fitted from. */
import { InternalError } from '../base/index.js';
import {
  type Kernel,
  type MappingRules,
  type Measurements,
  type ProfileSource,
  createKernelWalker,
  kernelKey,
  kernelRow,
  mapKernels,
} from '../hardware/index.js';
import type { LayerGraph } from '../models/index.js';
import { type NodeTime, attributeNodes } from './attribute.js';
import type { NetworkRecord } from './host.js';
import { type PlannedNetwork, planGraph } from './plan.js';

/** Below this a time is noise of the clock. */
const leastUs = 0.1;

/**
 * Timing its nodes slows a network down by about the same for each node. What the nodes take together beyond
 * the network timed as a whole is taken off again, in equal parts.
 */
function withoutProbeEffect(nodes: readonly NodeTime[], wholeUs: number): NodeTime[] {
  const sum = nodes.reduce((total, { us }) => total + us, 0);
  const excess = Math.max(0, (sum - wholeUs) / Math.max(1, nodes.length));
  return nodes.map(({ node, us }) => ({ node, us: Math.max(leastUs, us - excess) }));
}

/** The kernels of a graph with their µs; undefined where the runtime ran no node of that name. */
function timedKernels(
  graph: LayerGraph,
  record: NetworkRecord,
  rules: MappingRules,
): { kernel: Kernel; us: number | undefined }[] {
  const layers = new Set(graph.ops.map((op) => op.name));
  const { us } = attributeNodes(withoutProbeEffect(record.nodes, record.us), layers);
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
  // A layer that is several kernels (x * sigmoid(x)) was timed as one node: each takes an equal share.
  const share = (layer: string) => kernels.filter((kernel) => kernel.layer === layer).length;
  return kernels.map((kernel) => {
    const time = byKernel.get(kernel.layer);
    return { kernel, us: time === undefined ? undefined : time / share(kernel.layer) };
  });
}

/** Measurements in our JSON, for the one device `name`. */
export function hostMeasurements(
  name: string,
  plan: readonly PlannedNetwork[],
  records: readonly NetworkRecord[],
  rules: MappingRules,
  source: ProfileSource,
): Measurements {
  const kernels = new Map<string, { index: number; kernel: Kernel }>();
  const networks = records.map((record) => {
    const planned = plan.find((network) => network.name === record.name);
    if (!planned) throw new InternalError(`${record.name} was not planned`);
    const launches = timedKernels(planGraph(planned), record, rules).map(({ kernel, us }) => {
      const key = kernelKey(kernel);
      const known = kernels.get(key) ?? { index: kernels.size, kernel };
      kernels.set(key, known);
      return { kernel: known.index, us: [us ?? null] };
    });
    return {
      name: record.name,
      family: planned.family,
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
