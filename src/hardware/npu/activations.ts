/** Activations: merged into the operation before, a table of their own, or a table and a product. */
import type { AnyOp } from '../../models/index.js';
import type { Box, NpuOperation } from './operation.js';
import { type ProgramBuilder, type Value, whole } from './program.js';

export function compileActivation(
  p: ProgramBuilder,
  { id: layer, inputs, activation }: AnyOp & { readonly kind: 'activation' },
  from: Value,
  box: Box,
): void {
  const before = inputs[0] as number;
  const makers = p.makersOf(before);
  const alone = p.readersOf(before) === 1;
  const isRelu = activation === 'relu' || activation === 'relu6';
  if (isRelu && alone && makers.length > 0 && makers.every((maker) => maker.activation === 'none')) {
    for (const maker of makers) maker.activation = 'relu';
    p.set(layer, makers, from);
    return;
  }
  const isOne = makers.length === 1 && makers[0]?.output === from.map && makers[0].activation === 'none';
  if (activation !== 'swish' && alone && isOne) {
    (makers[0] as NpuOperation).activation = 'table';
    p.set(layer, makers, from);
    return;
  }
  const table = p.make(
    { layer, kind: 'elementwise', unit: 'add', activation: isRelu ? 'relu' : 'table', write: box },
    from,
  );
  if (activation !== 'swish') return;
  // x * sigmoid(x)
  const second = whole(table).map;
  p.make({ layer, kind: 'elementwise', unit: 'multiply', write: box, second }, from);
}
