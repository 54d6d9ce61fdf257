/** The study: ask and tell, the order in which results count, its front. Read study.ts, then open-study.ts. */
export { createStudy } from './create-study.js';
export type { Study } from './study.js';
