/** What a trial may take of memory and time, by the process that runs it. */
export { memoryOfTree } from './process-memory.js';
