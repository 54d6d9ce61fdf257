/** The journal of a run: what its lines say, how they are read and written. Read entries.ts first. */
export { type Command, commandSchema, commandText } from './command.js';
export {
  type JournalEntry,
  type JournalLine,
  decodeCurve,
  decodeGenome,
  encodeCurve,
  encodeGenome,
} from './entries.js';
export type { BrokenLine } from './journal-line.js';
export { JournalReader } from './journal-reader.js';
export { openJournal, severalNames } from './journal-writer.js';
export { isSaneTime, mostLineBytes, time, trialNumber } from './ranges.js';
export { formatLine } from './journal-line.js';
export { WholeLines } from './whole-lines.js';
