/** Objectives and constraints as expressions with units. */
export { type Condition, parseConditions } from './conditions.js';
export { type Expression, compileExpression } from './expression.js';
