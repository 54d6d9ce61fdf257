/** The words of filters: what compiles and what completes them knows the same. */
import type { FilterWords } from './filter-parse.js';
import { type Quantities, isFamily, singleNames } from './quantities.js';

/** What a run's trials can be asked for. */
export interface FilterVocabulary extends Quantities {
  /** The metric of a device that the search judges: its latency, or in a robust search the upper end of the band. */
  judged(profile: string): string;
}

export const wordsOfState: readonly string[] = ['running', 'complete', 'pruned', 'failed', 'interrupted'];
/** Fields of a trial that are words. */
export const textFields: readonly string[] = ['state', 'origin', 'reason'];

/** Fields of a network's blocks, and what they are. */
export const blockFields = {
  kernel: 'number',
  dilation: 'number',
  expansion: 'number',
  groups: 'number',
  se: 'number',
  stride: 'number',
  out: 'number',
  op: 'word',
  gate: 'word',
  split: 'word',
  activation: 'word',
} as const satisfies Record<string, 'number' | 'word'>;
export type BlockField = keyof typeof blockFields;

/** Names that stand for a number of a trial. */
export function filterNames({ measured, profiles }: FilterVocabulary): string[] {
  return [...new Set([...singleNames, ...measured, 'trial', 'seconds', ...profiles])];
}

/** What the grammar knows of the names. */
export function filterWords(vocabulary: FilterVocabulary): FilterWords {
  const names = new Set(filterNames(vocabulary));
  return {
    names: vocabulary.profiles,
    isQuantity: (name) => names.has(name) || isFamily(name),
  };
}
