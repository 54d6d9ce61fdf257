/** One trial's network: its architecture, and what it is predicted to cost on each device of the run. */
import { createPredictor, loadProfile, type Prediction, type Predictor } from '../../hardware/index.js';
import { type Architecture, lower, type MixnetSpace, parseSpace } from '../../models/index.js';
import type { RunModel } from './run-model.js';

export interface Candidate {
  readonly architecture: Architecture;
  /** By device, in the run's order. */
  readonly predictions: readonly Prediction[];
}

interface Tools {
  readonly space: MixnetSpace;
  readonly predictors: readonly Predictor[];
  readonly known: Map<number, Candidate>;
}

/** Made when the first candidate is looked at: parsing a space and some profiles takes a moment. */
const toolsOf = new WeakMap<RunModel, Tools>();
const keep = 64;

function prepare(model: RunModel): Tools {
  const found = toolsOf.get(model);
  if (found) return found;
  const { view, devices } = model;
  const tools = {
    space: parseSpace(view.space, view.folder),
    predictors: devices.map(({ name }) => createPredictor(loadProfile(view.profiles[name] ?? name))),
    known: new Map<number, Candidate>(),
  };
  toolsOf.set(model, tools);
  return tools;
}

/**
 * The network of a row.
 * @throws MixnasError when the run's space or one of its profile copies cannot be read.
 */
export function candidateOf(model: RunModel, row: number): Candidate {
  const { space, predictors, known } = prepare(model);
  const trial = model.row(row);
  const before = known.get(trial.id);
  if (before) return before;
  const architecture = space.decode(trial.genome);
  const graph = lower(architecture, model.view.config.deploy);
  const candidate = { architecture, predictions: predictors.map((p) => p.predict(graph)) };
  if (known.size >= keep) known.delete(known.keys().next().value as number);
  known.set(trial.id, candidate);
  return candidate;
}

/** Microseconds of the kernels of each block, of what comes before them and of what comes after. */
export function latencyByPart(
  prediction: Prediction,
  blocks: number,
): { stem: number; blocks: number[]; head: number } {
  const parts = { stem: 0, blocks: new Array<number>(blocks).fill(0), head: 0 };
  for (const { layer, latencyUs } of prediction.kernels) {
    const block = /^blocks\.(\d+)\./.exec(layer)?.[1];
    if (block !== undefined) parts.blocks[Number(block)] = (parts.blocks[Number(block)] ?? 0) + latencyUs;
    else if (layer.startsWith('stem')) parts.stem += latencyUs;
    else parts.head += latencyUs;
  }
  return parts;
}
