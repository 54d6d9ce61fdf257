/** What a search evaluates with, as content: evaluator, data and space. A worker makes its own of it. */
import { z } from 'zod';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MixnasError, cacheFolder, parseWith } from '../../base/index.js';
import type { TrainingData } from '../evaluator.js';
import { type EvaluatorSpec, evaluatorElsewhere } from '../evaluators/index.js';
import { type Setup, setupSchema } from '../executors/index.js';
import type { TrialLimits } from '../limits/index.js';
import { receiveImages, sendImages } from './images.js';
import { type Blob, blobSchema } from './protocol.js';
import type { Store } from './store/index.js';

const sentSchema = setupSchema.omit({ type: true, compare: true }).extend({
  /** The images of a data set that lies on one machine. */
  images: blobSchema.optional(),
  /** What a trial may take of memory, in MB, and time. */
  trialLimits: z
    .strictObject({ memory: z.number().positive().optional(), seconds: z.number().positive().optional() })
    .optional(),
});
type Sent = z.output<typeof sentSchema>;

const pathOf = (dataset: object): string | undefined =>
  'path' in dataset && typeof dataset.path === 'string' ? dataset.path : undefined;

/** Stores what a search evaluates with, and its images where they are a folder of its own. */
export async function sendSetup(
  {
    evaluator,
    dataset,
    identity,
    splitSeed,
    space,
    trialLimits,
    int8,
  }: TrainingData & { readonly evaluator: EvaluatorSpec },
  store: Store,
): Promise<Blob> {
  const path = identity && pathOf(dataset);
  const images = path !== undefined && store.holdsImages ? await sendImages(path, store) : undefined;
  const sent: Sent = { evaluator, dataset, identity, splitSeed, space, images, trialLimits, int8 };
  return store.put(Buffer.from(JSON.stringify(sent)));
}

/** How a worker differs from the machine of the search. */
export interface WorkerSettings {
  /** Its own Python: none that a queue names is started. */
  readonly python: string;
  /** Whether its places have a GPU each. */
  readonly hasGpus: boolean;
  /** Evaluators that it takes, whatever a queue says of a trial. */
  readonly evaluators: readonly string[];
}

/** What a place starts its process with. */
export interface WorkerSetup {
  readonly setup: Setup;
  readonly limits: TrialLimits;
}

/** The set-ups of the searches that a worker has taken trials of. */
export class Setups {
  readonly #store: Store;
  readonly #settings: WorkerSettings;
  readonly #known = new Map<string, Promise<WorkerSetup>>();

  constructor(store: Store, settings: WorkerSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** @throws MixnasError where it is missing or broken, or its images are not to be had. */
  get(blob: Blob): Promise<WorkerSetup> {
    const known = this.#known.get(blob.hash);
    if (known) return known;
    const setup = this.#fetch(blob);
    this.#known.set(blob.hash, setup);
    setup.catch(() => this.#known.delete(blob.hash)); // the next trial tries again
    // Few searches at once: those of weeks ago are of no use.
    for (const old of [...this.#known.keys()].slice(0, -16)) this.#known.delete(old);
    return setup;
  }

  async #fetch(blob: Blob): Promise<WorkerSetup> {
    const text = Buffer.from(await this.#store.get(blob)).toString('utf8');
    const { images, trialLimits, ...sent } = parseWith<Sent>(
      sentSchema,
      JSON.parse(text),
      'A set-up of the queue',
      'failed',
    );
    const { name } = sent.evaluator;
    if (!this.#settings.evaluators.includes(name)) {
      throw new MixnasError(
        'bad-data',
        `A set-up of the queue is of the evaluator ${name}, not as its trial says.`,
      );
    }
    const setup = {
      ...sent,
      type: 'setup',
      evaluator: evaluatorElsewhere(sent.evaluator, this.#settings),
    } as const;
    const limits = trialLimits ?? {};
    const path = pathOf(sent.dataset);
    if (path === undefined || sent.identity === undefined) return { setup, limits };
    if (existsSync(path)) return { setup: { ...setup, compare: true }, limits };
    if (!images) {
      throw new MixnasError(
        'bad-data',
        `${path} is not on this machine, and the search has sent no images.`,
        {
          remedy: 'Mount the folder at the same place, or give the search and its workers one `--store`.',
        },
      );
    }
    const folder = await receiveImages(images, this.#store, join(cacheFolder(), 'fleet'));
    const dataset = { ...sent.dataset, path: folder } as Setup['dataset'];
    return { setup: { ...setup, dataset, compare: true }, limits };
  }
}
