/**
 * The forward pass in TensorFlow.js's own ops, which run on every backend; gradients come from its tape.
 * Slower than the native path, and the reference that it is tested against.
 */
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { InternalError, unreachable } from '../../../base/index.js';
import type { Activation, Conv2dOp, HardGateOp, LayerGraph, Op } from '../../../models/index.js';
import { type Tf, convolution, dilateKernel } from '../../runtime/index.js';
import { type GateControls, plainControls } from '../gates.js';
import { batchNorm, normalize } from './batch-norm.js';
import { groupScale, hardGate, softmaxGate } from './gates.js';
import { attention, layerNorm, maxPool } from './transformer.js';

/** What the forward pass reads in addition to the images. */
export interface ForwardContext {
  readonly tf: Tf;
  readonly graph: LayerGraph;
  /** Batch statistics and dropout, or running statistics and none. */
  readonly training: boolean;
  variable(name: string): Tensor;
  /** Sees the output of every op; the tensor belongs to the surrounding tidy. What it returns takes its place. */
  onOutput?(op: Op, output: Tensor4D): Tensor4D | undefined | void;
  /** Receives the batch's statistics; the tensors belong to the surrounding tidy. */
  statistics(name: string, value: Tensor): void;
  /** Seeds dropout. */
  readonly seed: number;
  /** How gates are steered; left alone by default. */
  readonly gates?: GateControls;
  /** The noise of a hard gate, `[batch, groups]`, in training. */
  noise?(op: HardGateOp): Tensor;
  /** Whether every group of hard gates runs, whatever its weight. */
  readonly open?: boolean;
  /** The weight that the last group of a hard gate has that runs, where ranks decide; `even`: its weights n a. */
  limit?(op: HardGateOp, even: Tensor4D): Tensor | undefined;
  /** Receives what the gates decide: the op's weights, and which groups run. */
  onGate?(op: Op, weights: Tensor4D, mask: Tensor4D | undefined): void;
}

/** Logits `[batch, classes]` of images `[batch, height, width, channels]`. */
export function forward(context: ForwardContext, images: Tensor4D): Tensor2D {
  const outputs: Tensor4D[] = [];
  for (const op of context.graph.ops) {
    const inputs = op.kind === 'input' ? [images] : op.inputs.map((id) => outputs[id] as Tensor4D);
    const output = apply(context, op, inputs);
    outputs.push(context.onOutput?.(op, output) ?? output);
  }
  const last = outputs.at(-1);
  if (!last) throw new InternalError('an empty layer graph');
  return context.tf.reshape(last, [-1, context.graph.classes]);
}

function apply(context: ForwardContext, op: Op, inputs: readonly Tensor4D[]): Tensor4D {
  const { tf, training } = context;
  const variable = (role: string) => context.variable(`${op.name}.${role}`);
  const vector = (role: string) => variable(role) as Tensor1D;
  const x = inputs[0] as Tensor4D;
  switch (op.kind) {
    case 'input':
      return x;
    case 'conv2d': {
      const y = convolve(tf, op, x, variable('kernel') as Tensor4D);
      return op.bias ? tf.add(y, variable('bias')) : y;
    }
    case 'depthwiseConv2d':
      return tf.depthwiseConv2d(
        x,
        dilateKernel(tf, variable('kernel') as Tensor4D, op.dilation),
        op.stride,
        'same',
      );
    case 'dense': {
      const kernel = variable('kernel') as Tensor2D;
      const y = tf.add(tf.matMul(tf.reshape(x, [-1, kernel.shape[0]]), kernel), variable('bias'));
      return tf.reshape(y, [-1, 1, 1, kernel.shape[1]]);
    }
    case 'batchNorm': {
      const [gamma, beta] = [vector('gamma'), vector('beta')];
      if (!training) return normalize(tf, x, vector('mean'), vector('variance'), gamma, beta, op.epsilon);
      const { y, mean, variance } = batchNorm(tf, x, gamma, beta, op.epsilon);
      context.statistics(`${op.name}.mean`, mean);
      context.statistics(`${op.name}.variance`, variance);
      return y;
    }
    case 'activation':
      return activate(tf, op.activation, x);
    case 'slice':
      return tf.slice<Rank.R4, Tensor4D>(x, [0, 0, 0, op.begin], [-1, -1, -1, op.shape[2]]);
    case 'concat':
      return tf.concat([...inputs], 3);
    case 'add':
      return tf.add(x, inputs[1] as Tensor4D);
    case 'multiply':
      return tf.mul(x, inputs[1] as Tensor4D);
    case 'mean':
      return tf.mean(x, [1, 2], true);
    case 'maxPool':
      return maxPool(tf, x, op);
    case 'shuffle': {
      const [height, width, channels] = op.shape;
      const parts = tf.reshape(x, [-1, height * width, op.groups, channels / op.groups]);
      return tf.reshape(tf.transpose(parts, [0, 1, 3, 2]), x.shape);
    }
    case 'layerNorm':
      return layerNorm(tf, x, op, vector('gamma'), vector('beta'));
    case 'attention':
      return attention(tf, x, op);
    case 'softmax': {
      const weights = softmaxGate(tf, x, op, context.gates ?? plainControls);
      context.onGate?.(op, weights, undefined);
      return weights;
    }
    case 'hardGate': {
      if (training && context.open) return x;
      const threshold = op.threshold === 'learned' ? vector('threshold') : undefined;
      const noise = training ? context.noise?.(op) : undefined;
      const { output, mask } = hardGate(tf, x, op, context.gates ?? plainControls, threshold, {
        noise,
        limit: training ? (even) => context.limit?.(op, even) : undefined,
      });
      context.onGate?.(op, output, mask);
      return output;
    }
    case 'groupScale':
      return groupScale(tf, x, inputs[1] as Tensor4D, op, context.gates ?? plainControls);
    case 'dropout':
      return training && op.rate > 0
        ? (tf.dropout(x, op.rate, undefined, context.seed + op.id) as Tensor4D)
        : x;
    default:
      return unreachable(op);
  }
}

/** A grouped convolution group by group; tfjs has none of its own. */
function convolve(tf: Tf, op: Conv2dOp, x: Tensor4D, kernel: Tensor4D): Tensor4D {
  if (op.groups === 1) return convolution(tf, x, kernel, op.stride, op.dilation);
  const inputs = tf.split<Tensor4D>(x, op.groups, 3);
  const kernels = tf.split<Tensor4D>(kernel, op.groups, 3);
  return tf.concat(
    inputs.map((part, i) => convolution(tf, part, kernels[i] as Tensor4D, op.stride, op.dilation)),
    3,
  );
}

function activate(tf: Tf, kind: Exclude<Activation, 'linear'>, x: Tensor4D): Tensor4D {
  const hardSigmoid = () => tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6);
  switch (kind) {
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
    case 'hsigmoid':
      return hardSigmoid() as Tensor4D;
    case 'hswish':
      return tf.mul(x, hardSigmoid());
    default:
      return unreachable(kind);
  }
}
