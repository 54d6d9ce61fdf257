/**
 * From a layer graph to the operations that the compiler makes of it: what is folded, what becomes a table, what is
 * copied. A slice is an address, a concatenation a copy a part, a convolution of groups one a group and copies. Layers become
 * operations one by one (convolutions.ts, activations.ts, other-layers.ts); order.ts then lays out maps and orders operations.
 */
import type { AnyGraph, AnyOp } from '../../models/index.js';
import { compileActivation } from './activations.js';
import { type CompilerVariant, compileConcat, compileConvolution, compileMean } from './convolutions.js';
import type { Box, NpuMap, NpuProgram } from './operation.js';
import { inDepth, layOutMaps } from './order.js';
import { compileAttention, compileForeign, compileShuffle } from './other-layers.js';
import { ProgramBuilder, windowOf } from './program.js';

/** The operations of a whole network, between its image and its answer. */
export function compileGraph(graph: AnyGraph, variant: CompilerVariant): NpuProgram {
  const p = new ProgramBuilder(graph);
  for (const op of graph.ops) compileLayer(p, op, variant);
  const last = graph.ops.at(-1);
  const end = last && p.valueOf(last.id).map;
  if (end !== undefined) (p.maps[end] as NpuMap).external = true;
  layOutMaps(p.maps, p.operations, p.unaligned);
  return inDepth(p.maps, p.operations, end);
}

function compileImage(p: ProgramBuilder, layer: number, box: Box): void {
  const map = p.map(box);
  Object.assign(p.maps[map] as NpuMap, { linear: true, external: true });
  p.set(layer, [], { map, begin: 0, channels: box.channels });
}

function compileLayer(p: ProgramBuilder, op: AnyOp, variant: CompilerVariant): void {
  const { id: layer, inputs } = op;
  const [height, width, channels] = op.shape;
  const write: Box = { height, width, channels };
  const first = inputs[0] ?? -1;
  const from = p.valueOf(first);
  switch (op.kind) {
    case 'input':
      compileImage(p, layer, write);
      break;
    case 'batchNorm':
    case 'dropout':
      p.set(layer, p.makersOf(first), from);
      break;
    case 'conv2d':
      compileConvolution(p, variant, op, from, write);
      break;
    case 'depthwiseConv2d':
      p.make({ layer, kind: 'depthwise', write, ...windowOf(op.kernel, op.stride, op.dilation) }, from);
      break;
    case 'dense':
      p.make({ layer, kind: 'product', write }, from);
      break;
    case 'mean':
      compileMean(p, layer, from, write);
      break;
    case 'slice':
      p.set(layer, [], { map: from.map, begin: from.begin + op.begin, channels });
      break;
    case 'concat':
      compileConcat(p, variant, op, write);
      break;
    case 'activation':
      compileActivation(p, op, from, write);
      break;
    case 'add':
    case 'multiply': {
      const unit = op.kind === 'add' ? 'add' : 'multiply';
      const second = p.valueOf(inputs[1] as number).map;
      p.make({ layer, kind: 'elementwise', unit, write, second }, from);
      break;
    }
    case 'maxPool':
      p.make({ layer, kind: 'copy', write, ...windowOf(op.kernel, op.stride, 1) }, from);
      break;
    case 'shuffle':
      compileShuffle(p, layer, from, write);
      break;
    case 'attention':
      compileAttention(p, op, from, write);
      break;
    case 'foreign':
      compileForeign(p, op, from, write);
      break;
    case 'layerNorm':
    case 'softmax':
    case 'hardGate':
    case 'groupScale':
      p.make({ layer, kind: 'elementwise', unit: 'multiply', write }, from);
      break;
  }
}
