/**
 * Programs of the user: started, guarded, ended. Read `program.ts`; `guard.ts` is the process that ends them when
 * this one is killed.
 */
export { type ProgramEnd, mostLineBytes, startProgram } from './program.js';
