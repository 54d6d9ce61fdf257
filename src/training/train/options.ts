/** What a training is asked to do. */
import type { LayerGraph } from '../../models/index.js';
import type { DataSet } from '../data/index.js';
import type { Weights } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import type { Recipe } from './recipe.js';
import type { StepReport, TrainingProgress, TrainingState } from './state.js';

export interface TrainOptions {
  readonly graph: LayerGraph;
  readonly dataset: DataSet;
  /** How many training images are held out for validation, and which: by seed. */
  readonly split: { readonly validation?: number | undefined; readonly seed: string | number };
  readonly recipe: Recipe;
  /** Decides the initial weights, the order and augmentation of images, and dropout. */
  readonly seed: string | number;
  readonly runtime: Runtime;
  /** Where to start; initial weights from the seed by default. */
  readonly weights?: Weights | undefined;
  /** Where an earlier part stopped; it continues bit for bit as if it had not. */
  readonly from?: TrainingState | undefined;
  /** Steps after which this part stops, at most the recipe's; its schedule stays that of the whole. */
  readonly until?: number | undefined;
  /** Steps between measurements of validation accuracy; by default only at the end. */
  readonly validateEvery?: number | undefined;
  /** The graph at another resolution; needed where the recipe has stages of smaller images. */
  readonly graphAt?: ((resolution: number) => LayerGraph) | undefined;
  /** Called at the end of every epoch, and when aborted. */
  readonly onCheckpoint?: ((state: TrainingState) => void) | undefined;
  /** Called after every step. */
  readonly onStep?: ((report: StepReport) => void) | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Aborting rejects with the signal's reason, within a step. */
  readonly signal?: AbortSignal | undefined;
}
