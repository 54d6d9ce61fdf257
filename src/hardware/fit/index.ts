/** Fitting a profile to measurements; loads the linear algebra, so import it when it is needed. Read tune.ts first. */
export { type BenchmarkRow, compareMethods } from './compare.js';
export type { ProfileDescription } from './description.js';
export { tuneHandful } from './handful.js';
export { recalibrate } from './recalibrate.js';
export { crossValidatedAgreement, tune } from './tune.js';
export { memoryError, peaksOf, sizesOf } from './memory.js';
export { nonNegativeLeastSquares } from './solve/index.js';
export { fitOnce, type Observed, observationsOf } from './fit-profile.js';
