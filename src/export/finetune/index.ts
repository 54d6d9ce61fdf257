/** Quantized networks in TensorFlow: asked for many images at once, and trained on. Read forward.ts first. */
export { type FineTuneOptions, fineTune } from './finetune.js';
export { type QuantizedNetwork, createQuantizedNetwork } from './network.js';
