/** Testing: the contracts of what can be added from outside, as checks for any test runner. Needs no runner itself. */
export { type Check, type TestRunner, runChecks } from './check.js';
export { type SamplerCheckOptions, samplerChecks } from './sampler-checks.js';
export type { AnySampler } from './sampler-study.js';
