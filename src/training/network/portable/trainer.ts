/** The portable path: variables and ops of TensorFlow.js, gradients from its tape. */
import type { NamedTensorMap, Rank, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { InternalError } from '../../../base/index.js';
import type { LayerGraph } from '../../../models/index.js';
import type { Runtime, Tf } from '../../runtime/index.js';
import type { Trainer, TrainingBatch } from '../contract.js';
import { type OptimizerSpec, slotNames } from '../optimizer.js';
import { type WeightArray, type Weights, inputShape, sizeOf, variablesOf } from '../variables.js';
import { forward } from './forward.js';
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
  const slots: Variables = new Map(
    trained.flatMap(({ name, shape }) =>
      (optimizer ? slotNames(optimizer) : []).map((slot) => {
        const key = `${name}/${slot}`;
        const start = savedSlots?.get(key) ?? { shape, data: new Float32Array(sizeOf(shape)) };
        return [key, createVariable(tf, start, false)];
      }),
    ),
  );
  const [height, width, channels] = inputShape(graph);
  const variable = (name: string): Variable => {
    const found = variables.get(name);
    if (!found) throw new InternalError(`no variable ${name}`);
    return found;
  };

  /** Loss and gradients; the batch's statistics go to `onStatistics`. Call inside a tidy. */
  function differentiate(
    { images, targets, count }: TrainingBatch,
    seed: number,
    onStatistics: (name: string, value: Tensor) => void,
  ): { loss: number; gradients: NamedTensorMap } {
    const pixels = tf.tensor<Rank.R4>(images, [count, height, width, channels]);
    const wanted = tf.tensor2d(targets, [count, graph.classes]);
    const context = { tf, graph, training: true, variable, statistics: onStatistics, seed };
    const { value, grads } = tf.variableGrads(
      () => {
        const logits = forward(context, pixels);
        return tf.neg<Scalar>(tf.mean(tf.sum(tf.mul(wanted, tf.logSoftmax(logits)), 1)));
      },
      trained.map(({ name }) => variable(name)),
    );
    const gradients = Object.fromEntries(
      trained.map(({ name }) => [name, grads[variable(name).name] as Tensor]),
    );
    return { loss: value.dataSync()[0] as number, gradients };
  }

  return {
    graph,
    path: 'portable',
    predict: (images) =>
      tf.tidy(() => {
        const context = { tf, graph, training: false, variable, statistics: () => {}, seed: 0 };
        return forward(context, images);
      }),
    load(from) {
      for (const [name, owned] of variables) {
        const { shape, data } = from.get(name) as WeightArray;
        tf.tidy(() => owned.assign(tf.tensor(data.slice(), [...shape])));
      }
    },
    weights: () => copyOf(variables),
    slots: () => copyOf(slots),
    step(batch, { learningRate, statistics, seed }) {
      if (!optimizer) throw new InternalError('a network without an optimizer was asked to train');
      let loss = Number.NaN;
      tf.tidy(() => {
        const told: [string, Tensor][] = [];
        const result = differentiate(batch, seed, (name, value) => told.push([name, tf.keep(value)]));
        loss = result.loss;
        for (const [name, value] of told) {
          const running = variable(name);
          running.assign(tf.add(running, tf.mul(tf.sub(value, running), statistics)));
          value.dispose();
        }
        for (const { name, decayed } of trained) {
          applyUpdate(tf, optimizer, {
            variable: variable(name),
            gradient: result.gradients[name] as Tensor,
            decayed,
            learningRate,
            slot: (slot) => slots.get(`${name}/${slot}`) as Variable,
          });
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
