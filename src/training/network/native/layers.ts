/** Every op kind but the convolutions: forward and backward side by side. */
import { InternalError, unreachable } from '../../../base/index.js';
import type { Activation, ActivationOp, BatchNormOp, DropoutOp, Op, SliceOp } from '../../../models/index.js';
import { inputOf } from '../variables.js';
import { conv2d, dense, depthwise } from './convolution.js';
import { fusedScale } from './fused.js';
import { concat, mean, shapeOf, sliceChannels, sum } from './gradients.js';
import { groupScale, hardGate, softmax } from './gates.js';
import { type GraphWriter, type Ref, T, attr } from './graph-writer.js';
import type { Layer, Surroundings } from './layer.js';
import { maxPool, shuffle } from './rearrange.js';
import { attention, layerNorm } from './transformer.js';

/** Records `op`, whose inputs are recorded as `inputs`. */
export function emit(s: Surroundings, op: Op, inputs: readonly Ref[]): Layer {
  const x = inputs[0] as Ref;
  switch (op.kind) {
    case 'input':
      return { output: x, backward: () => {} };
    case 'conv2d':
      return conv2d(s, op, x);
    case 'depthwiseConv2d':
      return depthwise(s, op, x);
    case 'dense':
      return dense(s, op, x);
    case 'batchNorm':
      return batchNorm(s, op, x);
    case 'activation':
      return activation(s, op, x);
    case 'slice':
      return slice(s, op, x);
    case 'concat':
      return concatenation(s, op, inputs);
    case 'add':
      return addition(s, op, inputs);
    case 'multiply':
      return multiplication(s, op, inputs);
    case 'mean':
      return globalMean(s, op, x);
    case 'softmax':
      return softmax(s, op, x);
    case 'maxPool':
      return maxPool(s, op, x);
    case 'shuffle':
      return shuffle(s, op, x);
    case 'layerNorm':
      return layerNorm(s, op, x);
    case 'attention':
      return attention(s, op, x);
    case 'hardGate':
      return hardGate(s, op, x);
    case 'groupScale':
      return groupScale(s, op, inputs);
    case 'dropout':
      return dropout(s, op, x);
    default:
      return unreachable(op);
  }
}

/**
 * gamma * (x - mean) / sqrt(variance + epsilon) + beta as one factor and one summand a channel. FusedBatchNormV3
 * takes twenty times as long at inference with oneDNN (128x16x16x96, one AVX-512 core: 32 and 1.7 ms).
 */
export function normalize(
  g: GraphWriter,
  x: Ref,
  [gamma, beta, mean, variance]: readonly [Ref, Ref, Ref, Ref],
  epsilon: number,
): Ref {
  const factor = g.op('Mul', [gamma, g.op('Rsqrt', [g.op('AddV2', [variance, g.float(epsilon)])])]);
  const summand = g.op('Sub', [beta, g.op('Mul', [mean, factor])]);
  return g.op('AddV2', [g.op('Mul', [x, factor]), summand]);
}

/** The batch's own statistics in training (FusedBatchNormV3), the running ones at inference. */
function batchNorm(s: Surroundings, op: BatchNormOp, x: Ref): Layer {
  const { g } = s;
  const variable = (role: string) => s.variable(`${op.name}.${role}`);
  const [gamma, beta] = [variable('gamma'), variable('beta')];
  if (!s.training) {
    const output = normalize(g, x, [gamma, beta, variable('mean'), variable('variance')], op.epsilon);
    return {
      output,
      backward() {
        throw new InternalError('inference has no backward pass');
      },
    };
  }
  const attributes = {
    ...T,
    U: attr.type('float'),
    epsilon: attr.float(op.epsilon),
    is_training: attr.bool(true),
  };
  const none = g.constant(new Float32Array(0), [0]);
  const y = g.op('FusedBatchNormV3', [x, gamma, beta, none, none], attributes);
  s.statistics(`${op.name}.mean`, g.output(y, 1));
  s.statistics(`${op.name}.variance`, g.output(y, 2));
  return {
    output: y,
    backward(dy, into) {
      const saved = [3, 4, 5].map((index) => g.output(y, index));
      const dx = g.op('FusedBatchNormGradV3', [dy, x, gamma, ...saved], attributes);
      into.variables.set(`${op.name}.gamma`, g.output(dx, 1));
      into.variables.set(`${op.name}.beta`, g.output(dx, 2));
      into.add(op.inputs[0] as number, { kind: 'full', ref: dx });
    },
  };
}

/** A non-linearity: its value, and its gradient given the gradient of its value. */
export function nonLinearity(
  g: GraphWriter,
  kind: Exclude<Activation, 'linear'>,
  x: Ref,
): [Ref, (dy: Ref) => Ref] {
  const multiply = (a: Ref, b: Ref) => g.op('Mul', [a, b]);
  switch (kind) {
    case 'relu': {
      const y = g.op('Relu', [x]);
      return [y, (dy) => g.op('ReluGrad', [dy, y])];
    }
    case 'relu6': {
      const y = g.op('Relu6', [x]);
      return [y, (dy) => g.op('Relu6Grad', [dy, y])];
    }
    case 'sigmoid': {
      const y = g.op('Sigmoid', [x]);
      return [y, (dy) => g.op('SigmoidGrad', [y, dy])];
    }
    case 'swish': {
      // y' = s + y (1 - s)
      const s = g.op('Sigmoid', [x]);
      const y = multiply(x, s);
      const slope = () => g.op('AddV2', [s, multiply(y, g.op('Sub', [g.float(1), s]))]);
      return [y, (dy) => multiply(dy, slope())];
    }
    case 'hsigmoid': {
      const y = g.op('Relu6', [g.op('AddV2', [x, g.float(3)])]);
      return [multiply(y, g.float(1 / 6)), (dy) => multiply(g.op('Relu6Grad', [dy, y]), g.float(1 / 6))];
    }
    case 'hswish': {
      // y = x r / 6 with r = relu6(x + 3), so y' = (r + x [0 < r < 6]) / 6
      const r = g.op('Relu6', [g.op('AddV2', [x, g.float(3)])]);
      const slope = () => g.op('AddV2', [r, g.op('Relu6Grad', [x, r])]);
      const sixth = g.float(1 / 6);
      return [multiply(multiply(x, r), sixth), (dy) => multiply(multiply(dy, slope()), sixth)];
    }
    default:
      return unreachable(kind);
  }
}

function activation(s: Surroundings, op: ActivationOp, x: Ref): Layer {
  const [output, gradient] = nonLinearity(s.g, op.activation, x);
  return {
    output,
    backward: (dy, into) => into.add(op.inputs[0] as number, { kind: 'full', ref: gradient(dy) }),
  };
}

function slice(s: Surroundings, op: SliceOp, x: Ref): Layer {
  const [, , size] = op.shape;
  return {
    output: sliceChannels(s.g, x, op.begin, size),
    backward: (dy, into) =>
      into.add(op.inputs[0] as number, { kind: 'slice', ref: dy, begin: op.begin, size }),
  };
}

function concatenation(s: Surroundings, op: Op, inputs: readonly Ref[]): Layer {
  return {
    output: concat(s.g, inputs),
    backward(dy, into) {
      let begin = 0;
      op.inputs.forEach((id, i) => {
        const [, , size] = inputOf(s.graph, op, i).shape;
        into.add(id, { kind: 'full', ref: sliceChannels(s.g, dy, begin, size) });
        begin += size;
      });
    },
  };
}

function addition(s: Surroundings, op: Op, inputs: readonly Ref[]): Layer {
  return {
    output: s.g.op('AddV2', inputs),
    backward(dy, into) {
      for (const id of op.inputs) into.add(id, { kind: 'full', ref: dy });
    },
  };
}

function multiplication(s: Surroundings, op: Op, inputs: readonly Ref[]): Layer {
  const { g } = s;
  const [x, y] = inputs as [Ref, Ref];
  const [height, width] = op.shape;
  const [, factor] = [inputOf(s.graph, op, 0), inputOf(s.graph, op, 1)];
  const scalesChannels = factor.shape[0] !== height || factor.shape[1] !== width;
  if (scalesChannels && s.kernels) return fusedScale(s, op, x, y);
  return {
    output: g.op('Mul', [x, y]),
    backward(dy, into) {
      into.add(op.inputs[0] as number, { kind: 'full', ref: g.op('Mul', [dy, y]) });
      const byPixel = g.op('Mul', [dy, x]);
      into.add(factor.id, { kind: 'full', ref: scalesChannels ? sum(g, byPixel, [1, 2], true) : byPixel });
    },
  };
}

function globalMean(s: Surroundings, op: Op, x: Ref): Layer {
  const { g } = s;
  const [height, width] = inputOf(s.graph, op).shape;
  return {
    output: mean(g, x, [1, 2], true),
    backward(dy, into) {
      const ref = g.op('Mul', [dy, g.float(1 / (height * width))]);
      into.add(op.inputs[0] as number, { kind: 'pooled', ref });
    },
  };
}

function dropout(s: Surroundings, op: DropoutOp, x: Ref): Layer {
  const { g } = s;
  const pass: Layer = {
    output: x,
    backward: (dy, into) => into.add(op.inputs[0] as number, { kind: 'full', ref: dy }),
  };
  if (!s.training || op.rate === 0) return pass;
  // floor(uniform + keep) is 1 with probability `keep`.
  const keep = 1 - op.rate;
  const seed = g.op('AddV2', [s.stepSeed, g.ints([0, op.id])], { T: attr.type('int32') });
  const uniform = g.op('StatelessRandomUniform', [shapeOf(g, x), seed], {
    dtype: attr.type('float'),
    T: attr.type('int32'),
    Tseed: attr.type('int32'),
  });
  const kept = g.op('Floor', [g.op('AddV2', [uniform, g.float(keep)])]);
  const mask = g.op('Mul', [kept, g.float(1 / keep)]);
  return {
    output: g.op('Mul', [x, mask]),
    backward: (dy, into) => into.add(op.inputs[0] as number, { kind: 'full', ref: g.op('Mul', [dy, mask]) }),
  };
}
