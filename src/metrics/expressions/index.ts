/** Objectives and constraints as expressions with units, and filters over trials in the same words. */
export { type Condition, parseConditions } from './conditions.js';
export { type Expression, compileExpression } from './expression.js';
export { type Completion, completeFilter } from './complete-filter.js';
export { type Filter, type FilterFields, compileFilter } from './filter.js';
export { type BlockField, type FilterVocabulary } from './filter-words.js';
