/**
 * The variables of a layer graph: what training changes and what a weights file holds.
 *
 * Each is named after its op: `<op>.kernel`, `.bias`, `.gamma`, `.beta`, and the running statistics `.mean`
 * and `.variance`. Op names do not depend on the resolution, so weights learnt at one fit at another.
 */
import { InternalError, MixnasError, createRandom } from '../../base/index.js';
import type { LayerGraph, Op, Shape } from '../../models/index.js';

/** Named arrays of 32-bit floats: a network's variables, an optimizer's, or gradients. */
export type Weights = ReadonlyMap<string, WeightArray>;
export interface WeightArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type VariableRole = 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance' | 'threshold';

/** One variable of an op. */
export interface Variable {
  readonly name: string;
  readonly role: VariableRole;
  readonly shape: readonly number[];
  readonly op: Op;
  /** Changed by the optimizer; running statistics are not. */
  readonly trainable: boolean;
  /** Shrunk by weight decay: kernels only, as is usual where batch norm follows; not those of gates. */
  readonly decayed: boolean;
  /** Of a gate; has a learning rate of its own. */
  readonly gate: boolean;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** The op's first input. */
export function inputOf(graph: LayerGraph, op: Op, index = 0): Op {
  const input = graph.ops[op.inputs[index] ?? -1];
  if (!input) throw new InternalError(`op ${op.name} has no input ${index}`);
  return input;
}

/** The shape of one input image. */
export function inputShape(graph: LayerGraph): Shape {
  const input = graph.ops[0];
  if (input?.kind !== 'input') throw new InternalError('a layer graph starts with its input');
  return input.shape;
}

function shapesOf(graph: LayerGraph, op: Op): [VariableRole, readonly number[]][] {
  const channels = op.shape[2];
  switch (op.kind) {
    case 'conv2d': {
      const input = inputOf(graph, op).shape[2] / op.groups;
      const kernel: [VariableRole, number[]] = ['kernel', [op.kernel, op.kernel, input, channels]];
      return op.bias ? [kernel, ['bias', [channels]]] : [kernel];
    }
    case 'depthwiseConv2d':
      return [['kernel', [op.kernel, op.kernel, channels, 1]]];
    case 'dense':
      return [
        ['kernel', [inputOf(graph, op).shape[2], channels]],
        ['bias', [channels]],
      ];
    case 'batchNorm':
      return (['gamma', 'beta', 'mean', 'variance'] as const).map((role) => [role, [channels]]);
    case 'layerNorm':
      return (['gamma', 'beta'] as const).map((role) => [role, [channels]]);
    case 'hardGate':
      return op.threshold === 'learned' ? [['threshold', [1]]] : [];
    default:
      return [];
  }
}

const inGate = ({ name }: Op) => name.includes('.gate.');

/** The variables of a graph, in op order. */
export function variablesOf(graph: LayerGraph): readonly Variable[] {
  return graph.ops.flatMap((op) =>
    shapesOf(graph, op).map(([role, shape]) => ({
      name: `${op.name}.${role}`,
      role,
      shape,
      op,
      trainable: role !== 'mean' && role !== 'variance',
      decayed: role === 'kernel' && !inGate(op),
      gate: inGate(op),
    })),
  );
}

/**
 * Checks that `weights` hold every variable of the graph in its shape; more is allowed.
 * @throws MixnasError `bad-data` that names the first that does not fit.
 */
export function checkWeights(graph: LayerGraph, weights: Weights, what = 'The weights'): void {
  for (const { name, shape } of variablesOf(graph)) {
    const found = weights.get(name);
    if (found && found.shape.join() === shape.join()) continue;
    const has = found ? `has the shape [${found.shape.join(', ')}]` : 'is missing';
    throw new MixnasError('bad-data', `${what}: ${name} ${has}, the network wants [${shape.join(', ')}].`, {
      remedy: 'Use the weights of this very architecture and number of classes.',
    });
  }
}

/**
 * Initial weights. Convolutions: normal with variance 2 / fan-out (He et al., arXiv 1502.01852, in the
 * fan-out form of EfficientNet's and MixNet's code; a depthwise kernel's fan-out is its area). Dense:
 * zero, so that training starts from equal probabilities, and a gate from even weights, which are the
 * identity (the bias of a gate whose weights are sigmoids is the logit of 1 / groups); any other is uniform within 1 / sqrt(inputs), since two zero layers in a row would never leave zero.
 * Batch norm: the identity.
 */
export function initialWeights(graph: LayerGraph, seed: string | number): Weights {
  const random = createRandom(seed).fork('initial weights');
  const last = graph.ops.at(-1);
  const independent = new Set(
    graph.ops.flatMap((op) => (op.kind === 'softmax' && op.independent ? op.inputs : [])),
  );
  return new Map(
    variablesOf(graph).map(({ name, role, shape, op }) => {
      const data = new Float32Array(sizeOf(shape));
      const stream = random.fork(name);
      if (role === 'gamma' || role === 'variance') data.fill(1);
      else if (role === 'bias' && independent.has(op.id)) data.fill(-Math.log(op.shape[2] - 1));
      else if (role === 'kernel' && op.kind === 'dense') {
        const bound = op === last || inGate(op) ? 0 : 1 / Math.sqrt(shape[0] as number);
        if (bound > 0) for (let i = 0; i < data.length; i++) data[i] = bound * (2 * stream.next() - 1);
      } else if (role === 'kernel') {
        const groups = op.kind === 'conv2d' ? op.groups : 1;
        const [height, width, , out] = shape as [number, number, number, number];
        const deviation = Math.sqrt((2 * groups) / (height * width * out));
        for (let i = 0; i < data.length; i++) data[i] = deviation * stream.normal();
      }
      return [name, { shape, data }];
    }),
  );
}
