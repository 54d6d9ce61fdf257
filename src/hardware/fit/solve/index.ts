/** Least squares whose coefficients cannot be negative. */
export { nonNegativeLeastSquares, relativeFit, weightedFit } from './nnls.js';
export { fitWithPrior } from './prior.js';
