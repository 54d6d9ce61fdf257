/** Measuring real latency on this host. */
export { type HostMeasurement, type MeasureHostOptions, type NetworkRecord, measureHost } from './host.js';
export { hostMeasurements } from './measurements.js';
export { type PlannedNetwork, coverNetworks, drawNetworks, planGraph, planHash } from './plan.js';
export { type TargetName, targetNames } from './target.js';
