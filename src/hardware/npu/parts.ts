/**
 * A graph by its blocks, each with what it reads as its input: a search prices blocks that it has seen, while memory is planned
 * for whole networks. The plan of a block on its own is nearly that within the network (see docs/hardware.md).
 */
import type { AnyGraph, AnyOp } from '../../models/index.js';

export interface GraphPart {
  /** Index of the block; undefined for what comes before all blocks, or behind them. */
  readonly block: number | undefined;
  readonly graph: AnyGraph;
  /** Ids in the whole graph, by those of the part. */
  readonly ids: readonly number[];
  /** Whether its input and its output are those of other parts. */
  readonly after: boolean;
  readonly before: boolean;
}

const stem = -1;
const head = Number.POSITIVE_INFINITY;

/** A graph without blocks is one part. */
export function partsOf(graph: AnyGraph): GraphPart[] {
  const first = graph.ops.findIndex(({ block }) => block !== undefined);
  const places = new Map<number, AnyOp[]>();
  for (const op of graph.ops) {
    const place = first < 0 ? stem : (op.block ?? (op.id < first ? stem : head));
    const ops = places.get(place);
    if (ops) ops.push(op);
    else places.set(place, [op]);
  }
  return [...places].map(([place, ops]) => ({
    block: place === stem || place === head ? undefined : place,
    after: place !== stem,
    before: first >= 0 && place !== head,
    ...partOf(graph, ops),
  }));
}

function partOf(whole: AnyGraph, ops: readonly AnyOp[]): Pick<GraphPart, 'graph' | 'ids'> {
  const own = new Map<number, number>();
  const ids: number[] = [];
  const taken: AnyOp[] = [];
  const add = (op: AnyOp) => {
    own.set(op.id, taken.length);
    ids.push(op.id);
    taken.push({ ...op, id: taken.length, inputs: op.inputs.map((id) => own.get(id) as number) });
  };
  for (const op of ops) {
    for (const id of op.inputs) {
      const { name, shape } = whole.ops[id] as AnyOp;
      if (!own.has(id)) add({ id, name, shape, kind: 'input', inputs: [] });
    }
    add(op);
  }
  return { graph: { ...whole, ops: taken }, ids };
}
