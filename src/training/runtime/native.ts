/**
 * TensorFlow's own kernels, called through tfjs-node's backend.
 *
 * tfjs composes batch normalisation and the activations' gradients from many small ops; TensorFlow has
 * each as one kernel, and a training step is several times faster with them. A call here is invisible to
 * the gradient tape: wrap it in `tf.customGrad`. Results are ordinary tensors, owned by the caller's
 * `tf.tidy`. Every kernel is exact for every argument it accepts: where TensorFlow ignores a dilation
 * or refuses it, the kernel with zeros inserted is used instead.
 */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, TensorInfo } from '@tensorflow/tfjs';
import { dilateKernel, takeTaps } from './dilation.js';
import type { Tf } from './tf.js';

/** What an op's attribute looks like to tfjs-node's binding. */
interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** The part of tfjs-node's backend that is used here. */
export interface NodeBackend {
  readonly binding: Readonly<Record<'TF_FLOAT', number>> &
    Readonly<Record<`TF_ATTR_${'TYPE' | 'INT' | 'FLOAT' | 'BOOL' | 'STRING'}`, number>> & {
      readonly TF_Version: string;
    };
  executeSingleOutput(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorInfo[],
  ): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

/** Geometry of a SAME convolution; 1 where left out. */
export interface ConvGeometry {
  readonly stride?: number;
  readonly dilation?: number;
}

/** What the batch normalisation of a batch gives, and what its gradient needs again. */
export interface BatchNormResult {
  /** Normalised, scaled and shifted, `[batch, height, width, channels]`. */
  readonly y: Tensor4D;
  /** Mean of the batch, `[channels]`. */
  readonly mean: Tensor1D;
  /** Variance of the batch with Bessel's correction, `[channels]`: for running statistics. */
  readonly variance: Tensor1D;
  /** Mean and uncorrected variance as the gradient kernel wants them back. */
  readonly saved: readonly [Tensor, Tensor, Tensor];
}

/** TensorFlow's kernels; see the file's header. */
export interface NativeKernels {
  /** Training-time batch normalisation of NHWC `x` with `gamma`, `beta` of `[channels]` (FusedBatchNormV3). */
  fusedBatchNorm(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number): BatchNormResult;
  /** The gradients of `fusedBatchNorm` (FusedBatchNormGradV3); `saved` is its result's. */
  fusedBatchNormGrad(
    dy: Tensor4D,
    x: Tensor4D,
    gamma: Tensor1D,
    saved: BatchNormResult['saved'],
    epsilon: number,
  ): { dx: Tensor4D; dGamma: Tensor1D; dBeta: Tensor1D };
  /** `dy` where `x > 0`; `x` may be ReLU's input or its output. */
  reluGrad<T extends Tensor>(dy: T, x: T): T;
  /** `dy` where `0 < x < 6`; `x` may be ReLU6's input or its output. */
  relu6Grad<T extends Tensor>(dy: T, x: T): T;
  /** `dy * y * (1 - y)`, where `y` is the sigmoid's output. */
  sigmoidGrad<T extends Tensor>(dy: T, y: T): T;
  /** The sum of NHWC or `[batch, channels]` `dy` over all but its last axis. */
  biasAddGrad(dy: Tensor): Tensor1D;
  /** Loss `[batch]` and its gradient by the logits, both of `[batch, classes]`; a row of labels sums to 1. */
  softmaxCrossEntropy(logits: Tensor2D, labels: Tensor2D): { loss: Tensor1D; gradient: Tensor2D };
  /** SAME convolution of NHWC `x` with `[k, k, in, out]`. */
  conv2d(x: Tensor4D, w: Tensor4D, geometry?: ConvGeometry): Tensor4D;
  /** Its gradient by the input, which has `inputShape`. */
  conv2dBackpropInput(inputShape: Shape4, w: Tensor4D, dy: Tensor4D, geometry?: ConvGeometry): Tensor4D;
  /** Its gradient by the kernel, which has `kernelShape`. */
  conv2dBackpropFilter(x: Tensor4D, kernelShape: Shape4, dy: Tensor4D, geometry?: ConvGeometry): Tensor4D;
  /** SAME depthwise convolution of NHWC `x` with `[k, k, channels, 1]`. */
  depthwiseConv2d(x: Tensor4D, w: Tensor4D, geometry?: ConvGeometry): Tensor4D;
  /** Its gradient by the input, which has `inputShape`. */
  depthwiseConv2dBackpropInput(
    inputShape: Shape4,
    w: Tensor4D,
    dy: Tensor4D,
    geometry?: ConvGeometry,
  ): Tensor4D;
  /** Its gradient by the kernel, which has `kernelShape`. */
  depthwiseConv2dBackpropFilter(
    x: Tensor4D,
    kernelShape: Shape4,
    dy: Tensor4D,
    geometry?: ConvGeometry,
  ): Tensor4D;
}

/** Height, width, and the two channel dimensions of a tensor of rank 4. */
export type Shape4 = readonly [number, number, number, number];

/** Wraps the backend of a loaded tfjs-node. */
export function nativeKernels(tf: Tf, backend: NodeBackend): NativeKernels {
  const { binding } = backend;
  const floatType = (name: string): OpAttribute => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value: binding.TF_FLOAT,
  });
  const float = (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_FLOAT, value });
  const bool = (name: string, value: boolean): OpAttribute => ({ name, type: binding.TF_ATTR_BOOL, value });
  const text = (name: string, value: string): OpAttribute => ({ name, type: binding.TF_ATTR_STRING, value });
  const ints = (name: string, value: readonly number[]): OpAttribute => ({
    name,
    type: binding.TF_ATTR_INT,
    value,
  });

  // Attributes of the common kernels are made once: a small network's step is bound by such overhead.
  const typed = [floatType('T')];
  const nhwc = text('data_format', 'NHWC');
  const batchNorm = (epsilon: number) => [
    ...typed,
    floatType('U'),
    float('epsilon', epsilon),
    nhwc,
    bool('is_training', true),
  ];
  const convolution = (stride: number, dilation: number) => [
    ...typed,
    ints('strides', [1, stride, stride, 1]),
    ints('dilations', [1, dilation, dilation, 1]),
    text('padding', 'SAME'),
    nhwc,
  ];
  const one = <T extends Tensor>(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
  ) => backend.executeSingleOutput(name, attributes, inputs) as T;
  const many = (
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ) => backend.executeMultipleOutputs(name, attributes, inputs, outputs);

  /** A forward and two backward kernels of one kind of convolution; see the header for dilation. */
  const convolutionKernels = (forward: string, backwardInput: string, backwardFilter: string) => ({
    forward: (x: Tensor4D, w: Tensor4D, { stride = 1, dilation = 1 }: ConvGeometry = {}) =>
      tf.tidy(() => one<Tensor4D>(forward, convolution(stride, 1), [x, dilateKernel(tf, w, dilation)])),
    backwardInput: (
      shape: Shape4,
      w: Tensor4D,
      dy: Tensor4D,
      { stride = 1, dilation = 1 }: ConvGeometry = {},
    ) =>
      tf.tidy(() => {
        const sizes = tf.tensor1d([...shape], 'int32');
        return one<Tensor4D>(backwardInput, convolution(stride, 1), [
          sizes,
          dilateKernel(tf, w, dilation),
          dy,
        ]);
      }),
    backwardFilter: (
      x: Tensor4D,
      shape: Shape4,
      dy: Tensor4D,
      { stride = 1, dilation = 1 }: ConvGeometry = {},
    ) =>
      tf.tidy(() => {
        const [rows, columns, input, output] = shape;
        const full = [(rows - 1) * dilation + 1, (columns - 1) * dilation + 1, input, output];
        const dw = one<Tensor4D>(backwardFilter, convolution(stride, 1), [x, tf.tensor1d(full, 'int32'), dy]);
        return takeTaps(tf, dw, dilation);
      }),
  });
  const full = convolutionKernels('Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter');
  const depthwise = convolutionKernels(
    'DepthwiseConv2dNative',
    'DepthwiseConv2dNativeBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
  );

  return {
    fusedBatchNorm(x, gamma, beta, epsilon) {
      return tf.tidy(() => {
        const none = tf.tensor1d([]);
        const [y, mean, variance, ...saved] = many(
          'FusedBatchNormV3',
          batchNorm(epsilon),
          [x, gamma, beta, none, none],
          6,
        ) as [Tensor4D, Tensor1D, Tensor1D, Tensor, Tensor, Tensor];
        return { y, mean, variance, saved };
      });
    },
    fusedBatchNormGrad(dy, x, gamma, saved, epsilon) {
      return tf.tidy(() => {
        const [dx, dGamma, dBeta] = many(
          'FusedBatchNormGradV3',
          batchNorm(epsilon),
          [dy, x, gamma, ...saved],
          5,
        ) as [Tensor4D, Tensor1D, Tensor1D];
        return { dx, dGamma, dBeta };
      });
    },
    reluGrad: (dy, x) => one('ReluGrad', typed, [dy, x]),
    relu6Grad: (dy, x) => one('Relu6Grad', typed, [dy, x]),
    sigmoidGrad: (dy, y) => one('SigmoidGrad', typed, [y, dy]),
    biasAddGrad: (dy) => one('BiasAddGrad', [...typed, nhwc], [dy]),
    softmaxCrossEntropy(logits, labels) {
      const [loss, gradient] = many('SoftmaxCrossEntropyWithLogits', typed, [logits, labels], 2) as [
        Tensor1D,
        Tensor2D,
      ];
      return { loss, gradient };
    },
    conv2d: full.forward,
    conv2dBackpropInput: full.backwardInput,
    conv2dBackpropFilter: full.backwardFilter,
    depthwiseConv2d: depthwise.forward,
    depthwiseConv2dBackpropInput: depthwise.backwardInput,
    depthwiseConv2dBackpropFilter: depthwise.backwardFilter,
  };
}
