/** The lowered graph computed in plain TypeScript. Read interpret.ts first. */
export { interpret } from './interpret.js';
