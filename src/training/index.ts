/** Training: the only folder that loads TensorFlow, and it does so in `loadRuntime`, when asked. */
export * from './data/index.js';
export * from './runtime/index.js';
export type { Network, NetworkPath, StepRates, Trainer, TrainingBatch } from './network/contract.js';
export {
  type NetworkOptions,
  type TrainerOptions,
  createNetwork,
  createTrainer,
} from './network/network.js';
export { maxPool } from './network/portable/transformer.js';
export { inferenceMs } from './inference-time.js';
export { type GateControls, gateLayout } from './network/gates.js';
export type { OptimizerSpec } from './network/optimizer.js';
export {
  type Variable,
  type WeightArray,
  type Weights,
  checkWeights,
  initialWeights,
  variablesOf,
} from './network/variables.js';
export {
  type ProxyName,
  type ProxyScores,
  type ScoreOptions,
  ensembleStanding,
  proxyBatches,
  azNasStanding,
  defaultProxies,
  laterScores,
  proxyNames,
  scoreNetwork,
} from './proxies/index.js';
export {
  type Scorer,
  type Supernet,
  type SupernetRecipe,
  type SupernetTrainOptions,
  createScorer,
  largestSubnet,
  openSupernet,
  sandwichSubnets,
  smallestSubnet,
  supernetRecipeSchema,
  trainSupernet,
} from './supernet/index.js';
export {
  type Evaluation,
  type GateRecord,
  type GateStatistics,
  evaluateNetwork,
} from './train/evaluate.js';
export { type EventFile, createEventFile } from './train/event-file.js';
export { type Recipe, type RecipeInput, peakLearningRate, recipeSchema } from './train/recipe.js';
export type { StepReport, TrainingProgress, TrainingState } from './train/state.js';
export type { TrainOptions } from './train/options.js';
export { resizeImages } from './train/resize.js';
export { type TrainingResult, train } from './train/train.js';
export {
  type TrainedNetwork,
  type TrainedOn,
  decodeNetwork,
  describeData,
  encodeNetwork,
  networkMetadata,
  parseJson,
} from './trained-network.js';
export {
  decodeTrainingState,
  encodeTrainingState,
  readTrainingState,
  writeTrainingState,
} from './training-state.js';
export { type WeightsMetadata, decodeWeights, encodeWeights } from './weights.js';
