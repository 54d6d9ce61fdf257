/** Stopping hopeless trials at smaller budgets. */
export { type Fidelity, type Report, type Verdict, fidelitySchema } from './fidelity.js';
export { type Halving, type HalvingOptions, createHalving } from './halving.js';
