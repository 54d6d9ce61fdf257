/** The native path: a recorded program in a TensorFlow session. */
import type { Tensor2D } from '@tensorflow/tfjs';
import { InternalError } from '../../../base/index.js';
import type { LayerGraph } from '../../../models/index.js';
import type { Runtime } from '../../runtime/index.js';
import type { Trainer, TrainingBatch } from '../contract.js';
import {
  type GateControls,
  type GateFeatures,
  closedRanks,
  gateLayout,
  mostGroups,
  plainControls,
} from '../gates.js';
import type { OptimizerSpec } from '../optimizer.js';
import { averagesOf, startOfSlots } from '../slots.js';
import { type WeightArray, type Weights, inputShape } from '../variables.js';
import { type Step, type StoredVariable, recordProgram } from './program.js';
import { type Feed, Session } from './session.js';

const scalar = (value: number): Feed => ({ shape: [], data: Float32Array.of(value) });

export interface NativeOptions {
  readonly slots?: Weights | undefined;
  /** Whether our own device kernels are used. Default: where they are loaded. */
  readonly kernels?: boolean | undefined;
  readonly gates?: GateFeatures | undefined;
}

/** Builds the session and sets its variables; slots start at zero unless given. */
export function createNativeTrainer(
  graph: LayerGraph,
  runtime: Runtime,
  weights: Weights,
  optimizer: OptimizerSpec | undefined,
  { slots, kernels = runtime.kernels.loaded, gates: features = {} }: NativeOptions = {},
): Trainer {
  const program = recordProgram(graph, optimizer, kernels, features);
  const session = new Session(runtime, program.writer);
  const input = inputShape(graph);

  const set = (variables: readonly StoredVariable[], value: (variable: StoredVariable) => WeightArray) => {
    if (variables.length === 0) return;
    const feeds = Object.fromEntries(variables.map((variable) => [variable.feed, value(variable)]));
    session.fetch(
      feeds,
      variables.map(({ assigned }) => assigned),
    );
  };
  const get = (variables: readonly StoredVariable[]): Weights => {
    const arrays = session.fetch(
      {},
      variables.map(({ value }) => value),
    );
    return new Map(variables.map(({ name, shape }, i) => [name, { shape, data: arrays[i] as Float32Array }]));
  };
  const step = (controls: GateControls = plainControls): Step => {
    const wanted = controls.open ? program.openStep : program.step;
    if (!wanted) throw new InternalError('a network was asked to train as it was not recorded');
    return wanted;
  };
  const layout = gateLayout(graph);
  /** What inference needs of gates. */
  const allowed = (groups = mostGroups): Record<string, Feed> =>
    layout.any
      ? {
          gateClosed: { shape: [mostGroups], data: closedRanks(groups) },
          gateAllowed: scalar(groups),
        }
      : {};
  const steering = (count: number, controls = plainControls): Record<string, Feed> => {
    if (!layout.any) return {};
    const { noise = new Float32Array(count * layout.noiseWidth) } = controls;
    return {
      ...allowed(controls.groups),
      gateTemperature: scalar(controls.temperature),
      ...(layout.noiseWidth > 0 && {
        gateNoise: { shape: [count, layout.noiseWidth], data: noise },
        gateHardness: scalar(controls.hardness),
        gatePenalty: scalar(controls.penalty),
        gateTarget: scalar(controls.target),
        ...(features.bounds && {
          gateBounds: scalar(controls.bounds?.weight ?? 0),
          gateLow: scalar(controls.bounds?.low ?? 0),
          gateHigh: scalar(controls.bounds?.high ?? 1),
        }),
        ...(features.rank && { gateRunning: scalar(controls.running ?? 1) }),
        ...(controls.open && {
          gateOpen: scalar(controls.open.weight),
          gateDistillation: scalar(controls.open.distillation),
        }),
      }),
    };
  };
  const feedsOf = ({ images, targets, count, gates }: TrainingBatch, seed: number) => ({
    ...steering(count, gates),
    images: { shape: [count, ...input], data: images },
    targets: { shape: [count, graph.classes], data: targets },
    inverseBatch: scalar(1 / count),
    stepSeed: { shape: [2], data: Int32Array.of(seed, 0) },
  });

  const load = (from: Weights) => set(program.variables, ({ name }) => from.get(name) as WeightArray);

  load(weights);
  const started = startOfSlots(weights, slots);
  set(program.slots, ({ name, shape }) => started(name, shape));
  return {
    graph,
    path: 'native',
    predict: (images, groups) =>
      session.fetchTensor({ images, ...allowed(groups) }, program.logits) as Tensor2D,
    inspect(images, groups) {
      const names = [...program.gates.keys()];
      const fetched = [program.logits, ...program.gates.values()];
      const [logits, ...weights] = session.fetch({ images, ...allowed(groups) }, fetched);
      const count = images.shape[0];
      const arrays = weights.map((data, i): [string, WeightArray] => [
        names[i] as string,
        { shape: [count, data.length / count], data },
      ]);
      return { logits: logits as Float32Array, gates: new Map(arrays) };
    },
    load,
    weights: () => get(program.variables),
    slots: () => get(program.slots),
    averages: () => averagesOf(get(program.slots)),
    step(batch, { learningRate, statistics, seed, average = 0 }) {
      const adam = optimizer?.name === 'adamw' ? optimizer : undefined;
      const feeds = {
        ...feedsOf(batch, seed),
        learningRate: scalar(learningRate),
        ...(adam && {
          beta1Power: scalar(adam.beta1 ** (seed + 1)),
          beta2Power: scalar(adam.beta2 ** (seed + 1)),
        }),
        ...(optimizer?.averaged && { averageShare: scalar(average) }),
        statisticsShare: scalar(statistics),
      };
      return session.fetch(feeds, [step(batch.gates).updated])[0]?.[0] as number;
    },
    gradients(batch, seed = 0) {
      const { loss, names, gradients } = step(batch.gates);
      const [value, ...arrays] = session.fetch(feedsOf(batch, seed), [loss, ...gradients]);
      const shapes = new Map(program.variables.map(({ name, shape }) => [name, shape]));
      const entries = names.map((name, i) => [
        name,
        { shape: shapes.get(name) as readonly number[], data: arrays[i] as Float32Array },
      ]) as [string, WeightArray][];
      return { loss: value?.[0] as number, gradients: new Map(entries) };
    },
    dispose: () => session.close(),
  };
}
