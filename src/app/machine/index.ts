/** This machine: what it is, and what is installed on it. */
export { type Diagnosis, diagnose, formatDiagnosis } from './doctor.js';
export { describeMachine } from './machine.js';
