/** Measuring real latency on this host. */
export { describeHost, runtimeNames, targetRules } from './describe.js';
export { type HostMeasurement, type MeasureHostOptions, type NetworkRecord, measureHost } from './host.js';
export { hostMeasurements } from './measurements.js';
export { type PlannedNetwork, coverNetworks, drawNetworks, planHash, planGraph } from './plan.js';
export { type TargetName, targetNames } from './target.js';
