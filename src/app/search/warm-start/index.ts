/** Beginning a search with what earlier runs found: their points, and results that need not be evaluated again. */
export { missingResults, takeOver } from './results.js';
export { createWarmStart } from './warm-start.js';
