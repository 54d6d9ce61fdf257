/** The tensor runtime: which backend runs, its kernels, and what it lacks. The only door to TensorFlow. */
export { type BackendChoice, type Runtime, type RuntimeOptions, loadRuntime } from './load.js';
export type { BatchNormResult, ConvGeometry, NativeKernels, Shape4 } from './native.js';
export { dilateKernel, takeTaps } from './dilation.js';
export { portableBatchNorm, portableConv2d, portableDepthwiseConv2d } from './portable.js';
export type { Tf } from './tf.js';
