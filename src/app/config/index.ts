/** The config of a search: its schema, the checks across fields, spaces and expressions by name, and the objectives and limits that follow from it. Read schema.ts, then config.ts, then criteria.ts. */
export {
  type ConfigOverrides,
  type OpenParts,
  type SearchConfig,
  loadConfig,
  parseConfig,
  parseStoredConfig,
  resolveBudget,
  workersOf,
} from './config.js';
export { type Criteria, createCriteria } from './criteria.js';
export { compileExpression } from '../../metrics/index.js';
export { type InitOptions, configTemplate, init } from './init.js';
export { type RunConfig, resolvedConfigSchema } from './run-config.js';
export { type ConfigInput, configSchema } from './schema.js';
export { loadSpace, searchSpace } from './spaces.js';
export { type StopWatch, createStopWatch } from './stop-rules.js';
