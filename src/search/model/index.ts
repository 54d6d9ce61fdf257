/** Gaussian processes over genomes, and what is proposed from them. Read gaussian-process.ts, then surrogate.ts and improvement.ts. */
export {
  type Acquisition,
  type AcquisitionOptions,
  type Estimate,
  type Models,
  type TrackedModels,
  createAcquisition,
} from './acquisition.js';
export { type Codes, createJointBook } from './codebook.js';
export { drawDirection } from './direction.js';
export { normalCdf } from './normal.js';
export { withoutRounding } from './rounding.js';
export { createScale } from './scale.js';
export { type Encoded, type Surrogate, createSurrogate, limitScale } from './surrogate.js';
export { type Outcome, createTrust } from './trust.js';
