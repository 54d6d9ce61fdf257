/** x * sigmoid(x), which files hold as two ops, is the activation swish that a runtime may have a kernel of its own for. */
import type { AnyOp } from '../../models/index.js';

const gates: Readonly<Record<string, 'swish' | 'hswish'>> = { sigmoid: 'swish', hsigmoid: 'hswish' };

/** Joins each gate that nothing else reads with its multiplication; ids stay those of the order. */
export function joinSelfGates(ops: readonly AnyOp[]): AnyOp[] {
  const readers = ops.map(() => 0);
  for (const op of ops) for (const id of op.inputs) readers[id] = (readers[id] as number) + 1;
  const gone = new Set<number>();
  const joined = ops.map((op): AnyOp => {
    if (op.kind !== 'multiply') return op;
    const [a, b] = op.inputs as [number, number];
    for (const [x, gate] of [
      [a, b],
      [b, a],
    ] as const) {
      const made = ops[gate];
      const kind = made?.kind === 'activation' ? gates[made.activation] : undefined;
      if (kind === undefined || made?.inputs[0] !== x || readers[gate] !== 1) continue;
      gone.add(gate);
      const { id, name, shape } = op;
      return { id, name, shape, inputs: [x], kind: 'activation', activation: kind };
    }
    return op;
  });
  const left = joined.filter(({ id }) => !gone.has(id));
  const places = new Map(left.map(({ id }, place) => [id, place]));
  return left.map((op, id) => ({ ...op, id, inputs: op.inputs.map((input) => places.get(input) as number) }));
}
