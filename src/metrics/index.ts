/** What trials are judged by, defined once for the search, the runs, the dashboard and the report. */
export {
  type Bounds,
  type Constraint,
  type Limits,
  type UpperLimit,
  checkBounds,
  constraintSchema,
  excessOf,
  isWithin,
  limitConstraints,
  meetsAll,
  totalViolation,
  violationOf,
} from './constraints.js';
export {
  type BlockField,
  type Completion,
  type Condition,
  type Expression,
  type Filter,
  type FilterFields,
  type FilterVocabulary,
  compileExpression,
  compileFilter,
  completeFilter,
  parseConditions,
} from './expressions/index.js';
export { type FrontRules, frontCosts } from './front.js';
export {
  type LatencyFamily,
  type SizeMetric,
  deviceOfMemory,
  isSizeMetric,
  latencyFamilies,
  latencyMetric,
  limitedMetric,
  memoryMetric,
  parseLatencyMetric,
  sizeMetrics,
} from './names.js';
export {
  type MetricReader,
  type Metrics,
  type Objective,
  costOf,
  costsOf,
  directionOf,
  objectiveSchema,
  toCost,
} from './objectives.js';
export { type Scales, createNormalizedHypervolume, pointOf, scalesOf, sharedScales } from './scales.js';
