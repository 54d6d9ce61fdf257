/** The lowered graph in TensorFlow's ops, for batches of images; gradients come from its tape. */
import type { Rank, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { InternalError, unreachable } from '../../base/index.js';
import { type Runtime, convolution, dilateKernel, maxPool } from '../../training/index.js';
import type { Fused, LoweredGraph, LoweredNode, UnaryNode } from '../lower/index.js';

type Tf = Runtime['tf'];

export interface ForwardHooks {
  /** The tensor of a constant. */
  constant(id: number): Tensor;
  /** Sees each value as it is made; what it returns takes the value's place. */
  value(id: number, x: Tensor): Tensor;
}

/**
 * Whether a graph takes several images at once. Attention has no batch: its arrays have at most four axes.
 */
export const takesBatches = ({ nodes, values }: LoweredGraph): boolean =>
  nodes.every(({ outputs }) => outputs.every((id) => values[id]?.shape[0] === 1));

/** Logits `[batch, classes]` of images `[batch, height, width, channels]`. Call inside a tidy. */
export function forward(tf: Tf, graph: LoweredGraph, images: Tensor4D, hooks: ForwardHooks): Tensor2D {
  if (images.shape[0] === 1 || takesBatches(graph)) return forwardBatch(tf, graph, images, hooks);
  const each = tf.split<Tensor4D>(images, images.shape[0], 0);
  return tf.concat2d(
    each.map((image) => forwardBatch(tf, graph, image, hooks)),
    0,
  );
}

function forwardBatch(tf: Tf, graph: LoweredGraph, images: Tensor4D, hooks: ForwardHooks): Tensor2D {
  const made: (Tensor | undefined)[] = graph.values.map(() => undefined);
  const get = (id: number): Tensor => {
    const value = graph.values[id]?.data ? (made[id] ??= hooks.constant(id)) : made[id];
    if (!value) throw new InternalError(`value ${id} is read before it is made`);
    return value;
  };
  made[graph.input] = hooks.value(graph.input, images);
  for (const node of graph.nodes) {
    const shapes = node.outputs.map((id) => graph.values[id]?.shape as readonly number[]);
    apply(tf, node, node.inputs.map(get), shapes, images.shape[0]).forEach((x, i) => {
      const id = node.outputs[i] as number;
      made[id] = hooks.value(id, x);
    });
  }
  return get(graph.output) as Tensor2D;
}

function apply(
  tf: Tf,
  node: LoweredNode,
  inputs: readonly Tensor[],
  shapes: readonly (readonly number[])[],
  batch: number,
): readonly Tensor[] {
  const [x, second, third] = inputs as [Tensor, Tensor, Tensor];
  /** The shape of a value for all images. */
  const sized = (shape: readonly number[]) => (batch === 1 ? [...shape] : [batch, ...shape.slice(1)]);
  switch (node.kind) {
    case 'conv2d':
      return [activate(tf, tf.add(convolve(tf, node, x as Tensor4D, second as Tensor4D), third), node.fused)];
    case 'depthwiseConv2d': {
      const [, k = 1, , channels = 1] = second.shape;
      const kernel = dilateKernel(tf, tf.reshape<Rank.R4>(second, [k, k, channels, 1]), node.dilation);
      const y = tf.depthwiseConv2d(x as Tensor4D, kernel, node.stride, 'same');
      return [activate(tf, tf.add(y, third), node.fused)];
    }
    case 'dense': {
      const rows = tf.reshape<Rank.R2>(x, [batch, second.shape[1] as number]);
      return [activate(tf, tf.add(tf.matMul(rows, second as Tensor2D, false, true), third), node.fused)];
    }
    case 'binary':
      return [activate(tf, binary(tf, node.operator, x, second), node.fused)];
    case 'unary':
      return [unary(tf, node.operator, x)];
    case 'mean':
      return [tf.mean(x, [...node.axes], true)];
    case 'maxPool': {
      const [, height = 1, width = 1, channels = 1] = shapes[0] as readonly number[];
      return [maxPool(tf, x as Tensor4D, { ...node, shape: [height, width, channels] })];
    }
    case 'softmax':
      return [tf.softmax(x)];
    case 'matmul':
      return [tf.matMul(x, second, false, node.transposeSecond)];
    case 'split':
      return tf.split(x, shapes.length, -1);
    case 'slice':
      return [tf.slice(x, [...node.begin], sized(shapes[0] as readonly number[]))];
    case 'concat':
      return [tf.concat([...inputs], -1)];
    case 'reshape':
      return [tf.reshape(x, sized(shapes[0] as readonly number[]))];
    case 'transpose':
      return [tf.transpose(x, [...node.perm])];
    case 'pad':
      return [
        tf.pad(
          x,
          node.pads.map(([before, after]): [number, number] => [before, after]),
        ),
      ];
    case 'quantize':
    case 'dequantize':
      return [x];
    default:
      return unreachable(node);
  }
}

/** `kernel` is `[out, k, k, in / groups]`. */
function convolve(
  tf: Tf,
  { groups, stride, dilation }: Extract<LoweredNode, { kind: 'conv2d' }>,
  x: Tensor4D,
  kernel: Tensor4D,
): Tensor4D {
  const turned = tf.transpose(kernel, [1, 2, 3, 0]);
  if (groups === 1) return convolution(tf, x, turned, stride, dilation);
  const kernels = tf.split<Tensor4D>(turned, groups, 3);
  const parts = tf.split<Tensor4D>(x, groups, 3);
  return tf.concat(
    parts.map((part, g) => convolution(tf, part, kernels[g] as Tensor4D, stride, dilation)),
    3,
  );
}

function activate(tf: Tf, x: Tensor, fused: Fused): Tensor {
  if (fused === 'none') return x;
  return fused === 'relu' ? tf.relu(x) : tf.relu6(x);
}

function binary(
  tf: Tf,
  operator: Extract<LoweredNode, { kind: 'binary' }>['operator'],
  x: Tensor,
  second: Tensor,
): Tensor {
  switch (operator) {
    case 'add':
      return tf.add(x, second);
    case 'subtract':
      return tf.sub(x, second);
    case 'multiply':
      return tf.mul(x, second);
    case 'squaredDifference':
      return tf.square(tf.sub(x, second));
    default:
      return unreachable(operator);
  }
}

function unary(tf: Tf, operator: UnaryNode['operator'], x: Tensor): Tensor {
  switch (operator) {
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'logistic':
      return tf.sigmoid(x);
    case 'hardSwish':
      return tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6));
    case 'rsqrt':
      return tf.rsqrt(x);
    default:
      return unreachable(operator);
  }
}
