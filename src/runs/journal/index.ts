/** The journal of a run: what its lines say, how they are read and written. Read entries.ts first. */
export { type Command, commandSchema, commandText } from './command.js';
export {
  type CurvePoint,
  type JournalEntry,
  type JournalLine,
  decodeCurve,
  decodeGenome,
  encodeCurve,
  encodeGenome,
} from './entries.js';
export type { BrokenLine } from './journal-line.js';
export { JournalReader } from './journal-reader.js';
export { openJournal } from './journal-writer.js';
