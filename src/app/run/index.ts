/** What is done with a run from outside: choosing one of its networks, and steering the search that writes it. */
export { type ControlOptions, type ControlOrder, type ControlReport, control } from './control.js';
export { type PickOptions, type Picked, pick } from './pick.js';
export { type ListedTrial, trialsCsv, trialsOf } from './trials.js';
