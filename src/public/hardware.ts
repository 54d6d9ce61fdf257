/** `mixnas/hardware`: profiles of devices, and the latency of a layer graph on them. */
export {
  type KernelPrediction,
  type Measurements,
  type Prediction,
  type Predictor,
  type Profile,
  createPredictor,
  loadMeasurements,
  loadProfile,
  parseMeasurements,
  parseProfile,
  peakMemoryBytes,
  profileNames,
  registerProfile,
  registerProfileFolder,
} from '../hardware/index.js';
