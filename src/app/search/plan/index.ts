/** A search that is given a time alone plans the rest: read plan.ts. */
export { planForTime } from './for-time.js';
