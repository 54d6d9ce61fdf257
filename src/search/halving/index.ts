/** Successive halving: hopeless trials are stopped at smaller budgets. Read spec.ts, then halving.ts (runs), then judge.ts (studies). */
export { judge } from './judge.js';
export {
  type Fidelity,
  renameHalvingFields,
  runHalvingSchema,
  studyHalvingSchema,
} from './spec.js';
export { type Halving, type HalvingOptions, createHalving } from './halving.js';
