/** PyTorch programs of the lowered graph. Read source.ts first. */
export { type PytorchProgram, pytorchProgram } from './source.js';
