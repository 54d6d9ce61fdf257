/** What commands share: options, output, failures, interrupts. */
export { reportData } from './data-progress.js';
export { Exit, Interrupted, describeFailure } from './failure.js';
export { interruptible } from './interrupt.js';
export { type Io, createProgressLine, note, printBlock, printJson, printJsonText, printText } from './io.js';
export {
  duration,
  integer,
  integers,
  alignHelp,
  alignment,
  latencyLimit,
  latencyLimitOrNumber,
  memoryLimit,
  objective,
  positive,
  repeated,
  share,
} from './options.js';
export { type WatchOptions, logLevelOption, metricsOption, watchSearch } from './watch.js';
