/**
 * Programs of the user: started, guarded, ended. Read `program.ts`; `guard.ts` is the process that ends them when
 * this one is killed.
 */
export { guarded } from './guarded.js';
export { listenTo } from './said.js';
export { type Program, type ProgramEnd, mostLineBytes, startProgram } from './program.js';
