/** What a trial may take of memory and time, by the process that runs it. */
export { ProcessLimits, type TrialLimits } from './process-limits.js';
export { memoryOfTree } from './process-memory.js';
