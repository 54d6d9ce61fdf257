/** Layer graphs with some ops taken out: what remains reads what they read. */
import type { LayerGraph, Op } from '../../models/index.js';
import { sizeOf } from '../network/variables.js';

/**
 * The graph without the ops that `drop` names; their consumers read their first input instead. What then
 * leads nowhere is left out too.
 */
export function withoutOps(graph: LayerGraph, drop: (op: Op) => boolean): LayerGraph {
  const stands = new Map<number, number>();
  const source = (id: number) => stands.get(id) ?? id;
  for (const op of graph.ops) {
    if (op.kind !== 'input' && drop(op)) stands.set(op.id, source(op.inputs[0] as number));
  }
  const used = new Set<number>();
  const visit = (id: number): void => {
    if (used.has(id)) return;
    used.add(id);
    for (const input of graph.ops[id]?.inputs ?? []) visit(source(input));
  };
  visit(source(graph.ops.length - 1));
  const kept = graph.ops.filter(({ id, kind }) => used.has(id) || kind === 'input');
  const place = new Map(kept.map(({ id }, i) => [id, i]));
  const ops = kept.map((op): Op => {
    const inputs = op.inputs.map((id) => place.get(source(id)) as number);
    return { ...op, id: place.get(op.id) as number, inputs };
  });
  return { ...graph, ops };
}

/** The graph up to its last block, without the head. */
export function withoutHead(graph: LayerGraph): LayerGraph {
  const last = graph.ops.findLast(({ block }) => block !== undefined);
  return last ? upTo(graph, last.id) : graph;
}

/** The graph up to op `id`, whose every element is then an output. */
export function upTo(graph: LayerGraph, id: number): LayerGraph {
  const ops = graph.ops.slice(0, id + 1);
  return { ...graph, classes: sizeOf((ops[id] as Op).shape), ops };
}
