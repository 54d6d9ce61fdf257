/** What a training starts from: an architecture, with the data and recipe of the run or weights it comes from. */
import { evaluatorOf } from '../../evaluation/index.js';
import {
  type RecipeInput,
  type ResolvedDataSpec,
  type TrainedNetwork,
  resolutionOf,
} from '../../training/index.js';
import { type Architecture, scaleTo } from '../../models/index.js';
import { parseStoredConfig, type RunConfig } from '../config/index.js';
import { resolveArchitecture } from './architecture.js';
import type { RecordedData } from './trained-data.js';
import { readSaved } from './saved.js';
import { type FoundTrial, findTrial, parseTrial } from './trial.js';

export interface TrainingSource {
  /** Undefined for a reference model, which is named after the size it is brought to. */
  readonly name?: string;
  /** At the size of the data's images and with its number of classes. */
  fitted(at: { readonly resolution: number; readonly classes: number }): Architecture;
  /** Channels of the images that it takes. */
  readonly inputChannels: number;
  /** The data it was made for; undefined where none is known. */
  readonly recorded?: (RecordedData & { readonly what: string }) | undefined;
  /** Of the run that it is of. */
  readonly recipe?: RecipeInput | undefined;
  /** What that run held out. */
  readonly split?: { readonly validation?: number | undefined; readonly seed: string | number } | undefined;
  /** What the images of a folder are brought to where nothing says it. */
  readonly resolution?: number | undefined;
}

/**
 * Finds what to train.
 * @param spec see `resolveArchitecture`; a reference model is scaled to the data's resolution.
 */
export function sourceOf(spec: string): TrainingSource {
  const trial = parseTrial(spec);
  if (trial) return sourceOfTrial(findTrial(trial));
  const { name, architecture, source, isTrained } = resolveArchitecture(spec);
  const { inputChannels } = architecture;
  if (source === 'reference') return { fitted: (at) => scaleTo(architecture, at), inputChannels };
  return {
    name,
    fitted: (at) => ({ ...architecture, ...at }),
    inputChannels,
    resolution: architecture.resolution,
    ...(isTrained && { recorded: recordedWith(readSaved(spec), spec) }),
  };
}

/** The data that weights were trained on. */
export function recordedWith({ data }: TrainedNetwork, spec: string): TrainingSource['recorded'] {
  return { spec: data.spec, identity: data.identity, what: `The weights of ${spec}` };
}

function sourceOfTrial({ run, row, architecture }: FoundTrial): TrainingSource {
  const config = parseStoredConfig(run.config, `${run.folder}/config.json`);
  const dataset: ResolvedDataSpec = config.dataset;
  return {
    name: `${run.name}-${row.id}`,
    // As the run itself trained it.
    fitted: (at) => ({ ...scaleTo(architecture, at), name: architecture.name }),
    inputChannels: architecture.inputChannels,
    recorded: { spec: dataset, identity: run.manifest.data, what: `The run ${run.name}` },
    recipe: evaluatorOf(config.evaluator).recipe,
    split: splitOf(config),
    resolution: resolutionOf(dataset),
  };
}

/** Undefined where the run held nothing out. */
function splitOf({ evaluator, seed }: RunConfig): TrainingSource['split'] {
  const { holdsOut, heldOut } = evaluatorOf(evaluator);
  return holdsOut ? { validation: heldOut, seed } : undefined;
}
