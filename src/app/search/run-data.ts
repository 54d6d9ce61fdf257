/** The data of a search: fetched here, where progress can be shown, once for all workers, and identified. */
import { type DataIdentity, MixnasError, commandLine, dataDifferences } from '../../base/index.js';
import { evaluatorOf } from '../../evaluation/index.js';
import type { RunView } from '../../runs/index.js';
import {
  type DataSpec,
  type ResolvedDataSpec,
  identifyData,
  isFetched,
  loadDataSet,
} from '../../training/index.js';
import { requireData, sameAt } from '../data/index.js';
import type { RunConfig } from '../config/index.js';
import type { SearchEvent } from './events.js';

interface DataHooks {
  readonly onEvent?: ((event: SearchEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What opening it takes besides: the channels that the networks of the space take. */
type OpenHooks = DataHooks & { readonly channels: number };

/**
 * Fetches and decodes the data set, and says which it is; undefined where the evaluator needs none.
 * @throws MixnasError `bad-data`, `no-space`; the signal's reason when aborted.
 */
export async function openData(
  { evaluator, dataset }: RunConfig,
  { onEvent, signal, channels }: OpenHooks,
): Promise<DataIdentity | undefined> {
  if (!evaluatorOf(evaluator).needsData) return undefined;
  const load = () =>
    loadDataSet(dataset, {
      channels,
      onProgress: (progress) => onEvent?.({ type: 'data', progress }),
      signal,
    });
  const loaded = isFetched(dataset) ? await load() : undefined;
  return identifyData(dataset, () => loaded ?? load());
}

/**
 * The identity that a run is resumed with: the one it began with, so that labels keep its order.
 * @throws MixnasError `bad-data` where the data is no longer what the run's results are of.
 */
export function sameData(
  { name, folder, manifest }: Pick<RunView, 'name' | 'folder' | 'manifest'>,
  now: DataIdentity | undefined,
  notice: (text: string) => void,
): DataIdentity | undefined {
  const { data: before } = manifest;
  if (!now) return undefined;
  if (!before) {
    if (now.source['name'] === 'folder')
      notice(
        `${name} does not say which images it began with (it was made by an older mixnas): whether they are the same now is not known.`,
      );
    return now;
  }
  const differences = dataDifferences(before, now);
  if (differences === undefined) return before;
  throw new MixnasError('bad-data', `The data of ${name} is not what it was: ${differences}.`, {
    remedy: `Results of both must not be mixed: bring the data back to what it was, or start a new search: ${commandLine('search', `${folder}/config.json`)}`,
  });
}

/**
 * The data of a run at the place where it is now.
 * @throws MixnasError `bad-usage` for data of another kind, `bad-data` where it is not where the run says.
 */
export function movedData(
  { dataset: recorded, evaluator }: Pick<RunConfig, 'dataset' | 'evaluator'>,
  given: DataSpec | undefined,
  run: string,
): ResolvedDataSpec {
  if (given !== undefined) return sameAt(recorded, given, `The run ${run}`);
  if (evaluatorOf(evaluator).needsData)
    requireData(recorded, { what: `The run ${run}`, command: ['resume', run] });
  return recorded;
}
