/** Measuring real latency: on this host, and on a phone or board. */
export { describeHost, runtimeNames, targetRules } from './describe.js';
export { type HostMeasurement, type MeasureHostOptions, type NetworkRecord, measureHost } from './host.js';
export { hostMeasurements } from './measurements.js';
export {
  type PlannedGraph,
  type PlannedNetwork,
  coverNetworks,
  drawNetworks,
  graphsOf,
  planGraph,
  planHash,
} from './plan.js';
export { type PlannedKernel, planKernels } from './single-kernels.js';
export { type TargetName, targetNames } from './target.js';
export {
  type DeviceUnit,
  benchmarkFlags,
  deviceUnits,
  measureDevice,
  openAdb,
  openSsh,
  resultFile,
} from './device/index.js';
