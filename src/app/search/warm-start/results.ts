/** Results of earlier runs, written into a run's journal as its first trials. */
import { join } from 'node:path';
import { ownPart, readBytes, sizeLimits, writeFileAtomic } from '../../../base/index.js';
import { type RunView, type RunWriter, decodeGenome, readRun } from '../../../runs/index.js';
import type { SearchParts } from '../parts.js';
import { isFinished } from '../../network/index.js';

/** Numbers of the trials that are to be taken over and are not in the journal yet. */
export function missingResults({ warmStart, trials }: Pick<RunView, 'warmStart' | 'trials'>): number[] {
  const finished = new Set(trials.filter(isFinished).map(({ id }) => id));
  return (warmStart?.known ?? []).map((_, id) => id).filter((id) => !finished.has(id));
}

const weightsOf = (path: string) => readBytes(path, 'bad-run', { own: true, limit: sizeLimits.weights });

/**
 * Writes what is missing, in a new run everything, with the weights that the earlier runs have kept.
 * @returns the run as it stands then; undefined for a new run that takes nothing over.
 */
export function takeOver(
  { warm, space, pricing }: Pick<SearchParts, 'warm' | 'space' | 'pricing'>,
  writer: RunWriter,
  view: RunView | undefined,
): RunView | undefined {
  const missing = missingResults({ warmStart: warm, trials: view?.trials ?? [] });
  if (!warm || missing.length === 0) return view;
  for (const id of missing) {
    const { genome, values, from } = warm.known[id] as (typeof warm.known)[number];
    const known = pricing.price(space.decode(decodeGenome(genome)));
    const prices = pricing.metrics.map((metric) => known[metric] as number);
    const weights = join(from.folder, 'weights', `${from.trial}.safetensors`);
    if (ownPart(weights, 'file', 'bad-run')) writeFileAtomic(writer.weightsPath(id), weightsOf(weights));
    writer.append({ type: 'ask', id, genome, known: prices, origin: 'known' });
    writer.append({ type: 'tell', id, state: 'complete', values, seconds: 0 });
  }
  return readRun(writer.folder);
}
