/** TFLite's wire format: slots of its tables, reading and writing them. Read slots.ts first. */
export { builtinOperators, operatorCode, placeholderCode } from './operators.js';
export { readTables } from './read-tables.js';
export {
  type Options,
  type Table,
  type TableName,
  fileIdentifier,
  fusedActivations,
  optionTables,
  tables,
  tensorTypes,
} from './slots.js';
export { type TableInput, writeTables } from './write-tables.js';
