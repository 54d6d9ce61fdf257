/** The use cases. The command line and the library call these; importing them loads no TensorFlow. */
export { type CostOptions, type CostReport, cost } from './cost.js';
