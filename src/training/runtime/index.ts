/** The tensor runtime: loads the best backend there is, and gives it what it lacks. */
export { type Runtime, loadRuntime } from './load.js';
export { asDepthwise, convolution } from './convolution.js';
export { dilateKernel } from './dilation.js';
export { type SetupRecord, readSetupRecord } from './setup-record.js';
export type { Tf } from './tf.js';
