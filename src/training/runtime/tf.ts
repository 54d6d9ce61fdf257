/** The type of the TensorFlow.js namespace; importing it loads nothing. */
export type Tf = typeof import('@tensorflow/tfjs');
