/** Networks on their way to a device: `mixnas export` and `mixnas split`. */
export { exportCommand } from './export.js';
export { splitCommand } from './split.js';
