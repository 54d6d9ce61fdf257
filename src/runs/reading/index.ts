/** Ways of reading a run for those who have keys to answer, and filters over what was read. */
export { SlicedReading } from './sliced-reading.js';
export { filterVocabulary, trialFields } from './trial-fields.js';
