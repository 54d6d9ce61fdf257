/**
 * A cache next to a journal: what reading it gave, in columns that load in a tenth of the time. It is checked against the
 * journal and thrown away when it does not fit; nothing depends on it.
 */
export { leastCached, saveCache } from './save.js';
export { loadCache } from './load.js';
