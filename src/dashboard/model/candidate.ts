/** One trial's network: its architecture, and what it is predicted to cost on each device of the run. */
import { createPredictor, loadProfile, type Prediction, type Predictor } from '../../hardware/index.js';
import {
  type Architecture,
  type LayerGraph,
  lower,
  type MixnetSpace,
  parseSpace,
} from '../../models/index.js';
import type { Device, RunModel } from './run-model.js';

/** What reading a run's space and profiles gives; made when it is first needed, or by `warm`. */
interface Tools {
  space: MixnetSpace | undefined;
  readonly predictors: Map<string, Predictor>;
  readonly graphs: Map<number, { readonly architecture: Architecture; readonly graph: LayerGraph }>;
  readonly predictions: Map<string, Prediction>;
}

const toolsOfRun = new WeakMap<RunModel, Tools>();
/** Networks and predictions that are remembered. */
const keep = 64;

function toolsOf(model: RunModel): Tools {
  const found = toolsOfRun.get(model);
  if (found) return found;
  const tools: Tools = { space: undefined, predictors: new Map(), graphs: new Map(), predictions: new Map() };
  toolsOfRun.set(model, tools);
  return tools;
}

/** Remembers a value, and forgets the oldest of too many. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): V {
  if (map.size >= keep) map.delete(map.keys().next().value as K);
  map.set(key, value);
  return value;
}

/** The space of a run. @throws MixnasError when it cannot be read. */
export function spaceOf(model: RunModel): MixnetSpace {
  const tools = toolsOf(model);
  tools.space ??= parseSpace(model.view.space, `${model.view.folder}/space.json`);
  return tools.space;
}

/**
 * The predictor of a device, from the run's own copy of its profile.
 * @throws MixnasError `bad-profile` when the copy cannot be read.
 */
export function predictorOf(model: RunModel, { name }: Device): Predictor {
  const { predictors } = toolsOf(model);
  const found = predictors.get(name);
  if (found) return found;
  const predictor = createPredictor(loadProfile(model.view.profiles[name] ?? name));
  predictors.set(name, predictor);
  return predictor;
}

function networkOf(model: RunModel, row: number) {
  const { graphs } = toolsOf(model);
  const { id, genome } = model.row(row);
  const found = graphs.get(id);
  if (found) return found;
  const architecture = spaceOf(model).decode(genome);
  return remember(graphs, id, { architecture, graph: lower(architecture, model.view.config.deploy) });
}

/** The architecture of a row. @throws MixnasError when the run's space cannot be read. */
export function architectureOf(model: RunModel, row: number): Architecture {
  return networkOf(model, row).architecture;
}

/** What a row's network is predicted to cost on a device. @throws MixnasError as the two above. */
export function predictionOf(model: RunModel, row: number, device: Device): Prediction {
  const { predictions } = toolsOf(model);
  const key = `${model.row(row).id} ${device.name}`;
  const found = predictions.get(key);
  if (found) return found;
  return remember(predictions, key, predictorOf(model, device).predict(networkOf(model, row).graph));
}

/**
 * Reads a little of what candidates need ahead of time, so that the first key that shows one is not slow.
 * @returns whether there is more to read.
 */
export function warm(model: RunModel): boolean {
  const tools = toolsOf(model);
  try {
    if (!tools.space) {
      spaceOf(model);
      return model.devices.length > 0;
    }
    const next = model.devices.find(({ name }) => !tools.predictors.has(name));
    if (next) predictorOf(model, next);
    return next !== undefined;
  } catch {
    // The screen that needs it says what is wrong.
    return false;
  }
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
