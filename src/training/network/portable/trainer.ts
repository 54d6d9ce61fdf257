/** The portable path: variables and ops of TensorFlow.js, gradients from its tape. */
import type { NamedTensorMap, Rank, Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { InternalError } from '../../../base/index.js';
import type { LayerGraph } from '../../../models/index.js';
import type { Runtime, Tf } from '../../runtime/index.js';
import type { Trainer, TrainingBatch } from '../contract.js';
import { type GateBounds, type GateControls, type OpenPass, gateLayout, plainControls } from '../gates.js';
import { type OptimizerSpec, averageOf, rateOf, slotNames } from '../optimizer.js';
import { averagesOf, startOfSlots } from '../slots.js';
import { type WeightArray, type Weights, inputShape, variablesOf } from '../variables.js';
import { type ForwardContext, forward } from './forward.js';
import { limitByRank, rawThreshold } from './gates.js';
import { applyUpdate } from './optimizer.js';

type Variables = ReadonlyMap<string, Variable>;

function copyOf(variables: Variables): Weights {
  return new Map(
    [...variables].map(([name, variable]) => [
      name,
      { shape: variable.shape, data: Float32Array.from(variable.dataSync()) },
    ]),
  );
}

function createVariable(tf: Tf, { shape, data }: WeightArray, trainable: boolean): Variable {
  // The tensor keeps the array it is given: hand it a copy, the caller's must not change.
  return tf.tidy(() => tf.variable(tf.tensor(data.slice(), [...shape], 'float32'), trainable));
}

/** Creates the variables; slots start at zero unless given. */
export function createPortableTrainer(
  graph: LayerGraph,
  { tf }: Runtime,
  weights: Weights,
  optimizer: OptimizerSpec | undefined,
  savedSlots?: Weights,
): Trainer {
  const specs = variablesOf(graph);
  const trained = specs.filter(({ trainable }) => trainable);
  const variables: Variables = new Map(
    specs.map(({ name, trainable }) => [
      name,
      createVariable(tf, weights.get(name) as WeightArray, trainable),
    ]),
  );
  const startOf = startOfSlots(weights, savedSlots);
  const slotted = trained.flatMap(({ name, shape }) =>
    (optimizer ? slotNames(optimizer) : []).map((slot) => ({ key: `${name}/${slot}`, shape })),
  );
  const averaged = optimizer?.averaged
    ? specs.map(({ name, shape }) => ({ key: averageOf(name), shape }))
    : [];
  const slots: Variables = new Map(
    [...slotted, ...averaged].map(({ key, shape }) => [key, createVariable(tf, startOf(key, shape), false)]),
  );
  const [height, width, channels] = inputShape(graph);
  const variable = (name: string): Variable => {
    const found = variables.get(name);
    if (!found) throw new InternalError(`no variable ${name}`);
    return found;
  };

  const layout = gateLayout(graph);

  /** penalty * max(0, share - target)^2, share the part of the skippable MACs that run. */
  function penaltyOf(masks: ReadonlyMap<number, Tensor4D>, { penalty, target }: GateControls): Scalar {
    const shares = [...masks].map(([id, mask]) =>
      tf.sum(tf.mul(tf.mean(mask, [0, 1, 2]), tf.tensor1d(layout.penaltyWeights.get(id) as Float32Array))),
    );
    return tf.mul(tf.square(tf.relu(tf.sub(tf.addN(shares), target))), penalty);
  }

  /** weight / gates * (max(0, share - high)^2 + max(0, low - share)^2), the share of each gate's own MACs. */
  function boundsOf(masks: ReadonlyMap<number, Tensor4D>, { weight, low, high }: GateBounds): Scalar {
    const values = [...masks].map(([id, mask]) => {
      const own = tf.tensor1d(layout.ownWeights.get(id) as Float32Array);
      const share = tf.sum(tf.mul(tf.mean(mask, [0, 1, 2]), own));
      return tf.add<Scalar>(tf.square(tf.relu(tf.sub(share, high))), tf.square(tf.relu(tf.sub(low, share))));
    });
    return tf.mul(tf.addN(values), weight / masks.size);
  }

  /** The context of inference. */
  const inference = (groups: number | undefined): ForwardContext => ({
    tf,
    graph,
    training: false,
    variable,
    statistics: () => {},
    seed: 0,
    gates: {
      ...plainControls,
      groups,
    },
  });

  /** Loss and gradients; the batch's statistics go to `onStatistics`. Call inside a tidy. */
  function differentiate(
    { images, targets, count, gates: controls = plainControls }: TrainingBatch,
    seed: number,
    onStatistics: (name: string, value: Tensor) => void,
  ): { loss: number; gradients: NamedTensorMap } {
    const pixels = tf.tensor<Rank.R4>(images, [count, height, width, channels]);
    const wanted = tf.tensor2d(targets, [count, graph.classes]);
    const noise = tf.tensor2d(controls.noise ?? new Float32Array(count * layout.noiseWidth), [
      count,
      layout.noiseWidth,
    ]);
    const masks = new Map<number, Tensor4D>();
    const context: ForwardContext = {
      tf,
      graph,
      training: true,
      variable,
      statistics: onStatistics,
      seed,
      gates: controls,
      noise: ({ id, shape }) => tf.slice(noise, [0, layout.noiseBegin.get(id) as number], [-1, shape[2]]),
      limit(op, even) {
        if (controls.running === undefined || op.threshold !== 'learned') return undefined;
        const macs = layout.ownWeights.get(op.id) as Float32Array;
        const limit = limitByRank(even.dataSync<'float32'>(), macs, controls.running);
        onStatistics(`${op.name}.threshold`, tf.tensor1d([rawThreshold(limit)]));
        return tf.scalar(limit);
      },
      onGate: ({ id }, _, mask) => {
        if (mask) masks.set(id, mask);
      },
    };
    const opened: ForwardContext = { ...context, statistics: () => {}, open: true };
    const crossEntropy = (logits: Tensor2D, aims: Tensor2D) =>
      tf.neg<Scalar>(tf.mean(tf.sum(tf.mul(aims, tf.logSoftmax(logits)), 1)));
    /** The answers of the open network, which no gradient goes through. */
    const taught = (logits: Tensor2D, { distillation }: OpenPass) => {
      const aims = tf.tensor2d(tf.softmax(logits).dataSync<'float32'>(), logits.shape);
      return tf.add<Tensor2D>(wanted, tf.mul(tf.sub(aims, wanted), distillation));
    };
    const { value, grads } = tf.variableGrads(
      () => {
        const logits = forward(context, pixels);
        const { bounds, open } = controls;
        let loss: Scalar;
        if (open) {
          const answers = forward(opened, pixels);
          const gated = tf.mul(crossEntropy(logits, taught(answers, open)), 1 - open.weight);
          loss = tf.add(gated, tf.mul(crossEntropy(answers, wanted), open.weight));
        } else {
          loss = crossEntropy(logits, wanted);
        }
        if (masks.size === 0) return loss;
        loss = tf.add(loss, penaltyOf(masks, controls));
        return bounds ? tf.add(loss, boundsOf(masks, bounds)) : loss;
      },
      trained.map(({ name }) => variable(name)),
    );
    const gradients = Object.fromEntries(
      // A threshold that follows ranks has no gradient.
      trained.map(({ name, shape }) => [name, grads[variable(name).name] ?? tf.zeros([...shape])]),
    );
    return { loss: value.dataSync()[0] as number, gradients };
  }

  return {
    graph,
    path: 'portable',
    predict: (images, groups) => tf.tidy(() => forward(inference(groups), images)),
    inspect(images, groups) {
      const gates = new Map<string, WeightArray>();
      const names = new Map([...layout.weights].map(([name, op]) => [op.id, name]));
      const read = (tensor: Tensor) => Float32Array.from(tensor.dataSync());
      const logits = tf.tidy(() => {
        const context: ForwardContext = {
          ...inference(groups),
          onGate(op, weights) {
            const name = names.get(op.id);
            if (name !== undefined)
              gates.set(name, { shape: [images.shape[0], op.shape[2]], data: read(weights) });
          },
        };
        return read(forward(context, images));
      });
      return { logits, gates };
    },
    load(from) {
      for (const [name, owned] of variables) {
        const { shape, data } = from.get(name) as WeightArray;
        tf.tidy(() => owned.assign(tf.tensor(data.slice(), [...shape])));
      }
    },
    weights: () => copyOf(variables),
    slots: () => copyOf(slots),
    averages: () => averagesOf(copyOf(slots)),
    step(batch, { learningRate, statistics, seed, average = 0 }) {
      if (!optimizer) throw new InternalError('a network without an optimizer was asked to train');
      let loss = Number.NaN;
      tf.tidy(() => {
        const observed: [string, Tensor][] = [];
        const result = differentiate(batch, seed, (name, value) => observed.push([name, tf.keep(value)]));
        loss = result.loss;
        for (const [name, value] of observed) {
          const running = variable(name);
          running.assign(tf.add(running, tf.mul(tf.sub(value, running), statistics)));
          value.dispose();
        }
        for (const spec of trained) {
          const { name, decayed } = spec;
          applyUpdate(tf, optimizer, {
            variable: variable(name),
            gradient: result.gradients[name] as Tensor,
            decayed,
            learningRate: learningRate * rateOf(optimizer, spec),
            step: seed + 1,
            slot: (slot) => slots.get(`${name}/${slot}`) as Variable,
          });
        }
        if (optimizer.averaged) {
          for (const { name } of specs) {
            const kept = slots.get(averageOf(name)) as Variable;
            kept.assign(tf.add(kept, tf.mul(tf.sub(variable(name), kept), average)));
          }
        }
      });
      return loss;
    },
    gradients(batch, seed = 0) {
      let loss = Number.NaN;
      const gradients = new Map<string, WeightArray>();
      tf.tidy(() => {
        const result = differentiate(batch, seed, () => {});
        loss = result.loss;
        for (const { name, shape } of trained) {
          const data = Float32Array.from((result.gradients[name] as Tensor).dataSync());
          gradients.set(name, { shape, data });
        }
      });
      return { loss, gradients };
    },
    dispose() {
      for (const owned of [...variables.values(), ...slots.values()]) owned.dispose();
    },
  };
}
