/**
 * Single device kernels as graphs of their own. Kernels are timed inside networks, where they run as they do in
 * use; those that no measured network holds are timed alone.
 */
import type { Random } from '../base/index.js';
import {
  type Kernel,
  type MappingRules,
  createKernelWalker,
  kernelKey,
  mapKernels,
} from '../hardware/index.js';
import type { LayerGraph, MixnetSpace, Op } from '../models/index.js';
import { type PlannedGraph, type PlannedNetwork, drawNetworks, planGraph, roughUs } from './plan.js';

export interface PlannedKernel extends PlannedGraph {
  readonly kernel: Kernel;
  /** Whether a measured network holds it too: these show how times of a kernel alone compare with times inside a network. */
  readonly held: boolean;
}

/** A device kernel alone needs less time than a network to be known as well. */
const share = 1 / 3;
/** Random members that are looked at for device kernels. */
const members = 400;

/** Kinds of ops that read one image and do not depend on how its values are laid out elsewhere. */
const alone: ReadonlySet<Op['kind']> = new Set(['conv2d', 'depthwiseConv2d', 'dense', 'mean']);

/**
 * The part of a graph that is one device kernel: the op and what is merged into it, reading an image.
 * @param inKernel ids of these ops, in order. @returns undefined when they read more than one image.
 */
function pieceOf(graph: LayerGraph, inKernel: readonly number[], name: string): LayerGraph | undefined {
  const own = new Map(inKernel.map((id, i) => [id, i + 1]));
  const outside = new Set(
    inKernel.flatMap((id) => (graph.ops[id] as Op).inputs.filter((from) => !own.has(from))),
  );
  const [from, second] = outside;
  if (from === undefined || second !== undefined) return undefined;
  const { shape } = graph.ops[from] as Op;
  const ops = inKernel.map((id): Op => {
    const { skip: _, ...op } = graph.ops[id] as Op & { skip?: unknown };
    return { ...op, id: own.get(id) as number, inputs: op.inputs.map((input) => own.get(input) ?? 0) };
  });
  return {
    name,
    resolution: shape[0],
    classes: (ops.at(-1) as Op).shape[2],
    ops: [{ id: 0, name: 'input', inputs: [], shape, block: undefined, kind: 'input' }, ...ops],
  };
}

/** Each device kernel of a graph that can run alone, with what makes its graph. */
export function piecesOf(
  graph: LayerGraph,
  rules: MappingRules,
): { readonly kernel: Kernel; readonly graph: (name: string) => LayerGraph | undefined }[] {
  const walker = createKernelWalker(rules);
  walker.walk(graph, () => undefined);
  const idOf = new Map(graph.ops.map((op) => [op.name, op.id]));
  return mapKernels(graph, rules).flatMap(({ layer, ...kernel }) => {
    const id = idOf.get(layer) as number;
    if (!alone.has((graph.ops[id] as Op).kind)) return [];
    const ids = graph.ops.map((op) => op.id).filter((other) => walker.producerOf(other) === id);
    return [{ kernel, graph: (name: string) => pieceOf(graph, ids, name) }];
  });
}

/**
 * The device kernels in which random members of the spaces spend most time and that no network of a plan holds,
 * most first; then a third as many that one does hold.
 */
export function planKernels(
  spaces: readonly MixnetSpace[],
  rules: MappingRules,
  plan: readonly PlannedNetwork[],
  options: { readonly count: number; readonly resolutions: readonly number[]; readonly random: Random },
): PlannedKernel[] {
  const { count, resolutions, random } = options;
  if (count === 0) return [];
  const held = new Set(plan.flatMap((network) => mapKernels(planGraph(network), rules).map(kernelKey)));
  const found = new Map<string, { planned: PlannedKernel; weight: number }>();
  for (const network of drawNetworks(spaces, { count: members, resolutions, random })) {
    for (const { kernel, graph } of piecesOf(planGraph(network), rules)) {
      const key = kernelKey(kernel);
      const known = found.get(key);
      if (known) known.weight += roughUs(kernel);
      else {
        const name = `kernel ${key}`;
        const piece = graph(name);
        const planned = { name, kernel, held: held.has(key), share, graph: () => piece as LayerGraph };
        if (piece) found.set(key, { planned, weight: roughUs(kernel) });
      }
    }
  }
  const order = [...found.values()]
    .sort((a, b) => b.weight - a.weight || (a.planned.name < b.planned.name ? -1 : 1))
    .map(({ planned }) => planned);
  return [
    ...order.filter((planned) => !planned.held).slice(0, count),
    ...order.filter((planned) => planned.held).slice(0, Math.ceil(count / 3)),
  ];
}
