/** From a layer graph and a profile to latency, memory and energy. Read predictor.ts first. */
export { type Shares, bandWidth } from './band.js';
export { type EnergyEstimate, estimateEnergy } from './energy.js';
export { type MemoryPlan, type MemoryUse, memoryUse, peakMemoryBytes, planMemory } from './memory.js';
export { asListed, transferClass } from './mixture.js';
export { busyUs, classScales, networkUs } from './overhead.js';
export { type KernelPrediction, type Prediction, type Predictor, createPredictor } from './predictor.js';
export { type Price, type Pricer, type Source, createPricer } from './price.js';
export { depthQuads, padded, quads, termValue } from './terms.js';
