/** `mixnas predict`. */
export { predictCommand } from './predict.js';
