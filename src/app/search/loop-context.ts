/** What the loop of a search, and each of its trials, work with. */
import type { Executor } from '../../evaluation/index.js';
import type { Architecture } from '../../models/index.js';
import type { JournalEntry } from '../../runs/index.js';
import type { Params, Study, Trial } from '../../search/index.js';
import type { Criteria, RunConfig } from '../config/index.js';
import type { Fidelity } from './fidelity.js';
import type { FrontKeeper } from './front-keeper.js';
import type { SearchControl } from './control.js';
import type { SearchEvent } from './events.js';

export type SearchTrial = Trial<Params, Architecture>;

/** What the loop works with. */
export interface SearchLoop {
  readonly config: RunConfig;
  readonly study: Study<Params, Architecture>;
  readonly executor: Executor;
  readonly criteria: Criteria;
  readonly append: (entry: JournalEntry) => void;
  /** The names of the priced metrics, in the order of the journal. */
  readonly metrics: readonly string[];
  /** Where the weights of a trial go. */
  readonly weightsPath: (trial: number) => string;
  /** The file of the trained supernet, where there is one. */
  readonly supernet: string | undefined;
  /** Where trials are evaluated in parts. */
  readonly fidelity: Fidelity | undefined;
  readonly front: FrontKeeper;
  readonly control: SearchControl;
  readonly emit: (event: SearchEvent) => void;
  readonly signal: AbortSignal | undefined;
}
