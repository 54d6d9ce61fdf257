/** One search from its config to its front. Read search.ts, then parts.ts, run.ts and loop.ts. */
export type { SearchEvent } from './events.js';
export { type ResumeOptions, resume } from './resume.js';
export type { SearchHooks, SearchResult } from './run.js';
export { search } from './search.js';
