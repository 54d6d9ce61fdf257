/** Channel shuffles: three nodes of the lowered graph that ONNX has in its own layout. */
import type { LoweredGraph, LoweredNode, ReshapeNode } from '../lower/index.js';

export interface Shuffle {
  readonly first: ReshapeNode;
  readonly last: ReshapeNode;
  readonly groups: number;
}

/** By node, the shuffle that begins with it; `gone` for its other two. */
export function shuffles({ nodes, values }: LoweredGraph): Map<LoweredNode, Shuffle | 'gone'> {
  const found = new Map<LoweredNode, Shuffle | 'gone'>();
  const shape = (id: number | undefined) => values[id ?? -1]?.shape ?? [];
  nodes.forEach((first, i) => {
    const [turn, last] = [nodes[i + 1], nodes[i + 2]];
    if (first.kind !== 'reshape' || turn?.kind !== 'transpose' || last?.kind !== 'reshape') return;
    if (turn.perm.join() !== '0,1,3,2') return;
    if (turn.inputs[0] !== first.outputs[0] || last.inputs[0] !== turn.outputs[0]) return;
    const [from, parts, to] = [shape(first.inputs[0]), shape(first.outputs[0]), shape(last.outputs[0])];
    if (from.length !== 4 || from.join() !== to.join() || parts[1] !== (from[1] ?? 0) * (from[2] ?? 0))
      return;
    found.set(first, { first, last, groups: parts[2] as number });
    found.set(turn, 'gone');
    found.set(last, 'gone');
  });
  return found;
}
