/**
 * A network that holds every architecture of a space: one recorded TensorFlow graph with the variables of the
 * largest, that runs whichever subnet it is fed the code of, forward and backward, at that subnet's cost.
 */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { MixnasError } from '../../base/index.js';
import type { MixnetSpace } from '../../models/index.js';
import { mean } from '../network/native/gradients.js';
import { GraphWriter, type Ref, T, attr } from '../network/native/graph-writer.js';
import { emitUpdate } from '../network/native/optimizer.js';
import { type StoredVariable, store } from '../network/native/program.js';
import { type Feed, Session } from '../network/native/session.js';
import { type SgdSpec, slotNames } from '../network/optimizer.js';
import { type WeightArray, type Weights, sizeOf } from '../network/variables.js';
import type { Runtime } from '../runtime/index.js';
import { CodeLayout } from './code.js';
import { cutWeights } from './cut.js';
import { parametersOf } from './declare.js';
import { startValues } from './parameters.js';
import { type SupernetPlan, planSupernet } from './plan.js';
import { recordForward } from './record.js';
import { Recorder } from './recorder.js';
import { type Subnet, subnetOf, valuesOf } from './subnet.js';
import { Tape } from './tape.js';

/** A subnet ready to be run. */
export interface EncodedSubnet extends Subnet {
  readonly code: Int32Array;
}

/** Images on their way into several passes: made once. */
export interface PassBatch {
  readonly images: Tensor4D;
  /** Probabilities of the classes, `[count, classes]`. */
  readonly targets: Float32Array;
  readonly count: number;
}

/** Owns native memory until `dispose`. */
export interface Supernet {
  readonly plan: SupernetPlan;
  subnet(genome: ArrayLike<number>): EncodedSubnet;
  /**
   * One subnet forward and backward on a batch; its gradients, times `share`, are added to the others'.
   * @returns the mean cross-entropy, and the probabilities it gave, `[count, classes]`.
   */
  pass(subnet: EncodedSubnet, batch: PassBatch, share: number): { loss: number; probabilities: Float32Array };
  /** Steps along the gradients that passes have added up, and forgets them. */
  apply(learningRate: number): void;
  /** Merges a batch's statistics into the running ones: new = old + share * (batch - old). */
  calibrate(subnet: EncodedSubnet, images: Tensor4D, share: number): void;
  /** Logits `[batch, classes]` with the running statistics, which `calibrate` made for this subnet. */
  predict(subnet: EncodedSubnet, images: Tensor4D): Tensor2D;
  /** The subnet as a network of its own: variables of `subnet.graph`, by name. */
  cut(subnet: EncodedSubnet): Weights;
  /** Gradients that have been added up, by variable; for tests. */
  gradients(): Weights;
  weights(): Weights;
  slots(): Weights;
  load(weights: Weights, slots?: Weights): void;
  dispose(): void;
}

export interface SupernetOptions {
  readonly space: MixnetSpace;
  readonly resolution: number;
  readonly classes: number;
  readonly runtime: Runtime;
  readonly optimizer: SgdSpec;
  /** Decides the initial weights. */
  readonly seed: string | number;
}

const scalar = (value: number): Feed => ({ shape: [], data: Float32Array.of(value) });
const float = { dtype: attr.type('float') };

/**
 * Records a supernet and gives it initial weights.
 * @throws MixnasError `no-backend` without TensorFlow, `bad-config` for a space that a supernet cannot hold.
 */
export function createSupernet(options: SupernetOptions): Supernet {
  const { space, resolution, classes, runtime, optimizer, seed } = options;
  if (runtime.backend !== 'tensorflow') {
    throw new MixnasError(
      'no-backend',
      `A supernet needs TensorFlow; the backend here is ${runtime.backend}.`,
      {
        remedy: 'Run `mixnas doctor` to see what is missing, or use the training or proxy evaluator.',
      },
    );
  }
  const plan = planSupernet(space, { resolution, classes });
  const parameters = parametersOf(plan);
  const program = record(plan, optimizer, runtime.kernels.loaded);
  const session = new Session(runtime, program.g);
  const { variables, slots, sums } = program;

  const set = (stored: readonly StoredVariable[], value: (variable: StoredVariable) => WeightArray) => {
    const feeds = Object.fromEntries(stored.map((variable) => [variable.feed, value(variable)]));
    session.fetch(
      feeds,
      stored.map(({ assigned }) => assigned),
    );
  };
  const get = (stored: readonly StoredVariable[]): Weights => {
    const arrays = session.fetch(
      {},
      stored.map(({ value }) => value),
    );
    return new Map(stored.map(({ name, shape }, i) => [name, { shape, data: arrays[i] as Float32Array }]));
  };
  const zeros = ({ shape }: StoredVariable) => ({ shape, data: new Float32Array(sizeOf(shape)) });
  const codeOf = ({ code }: EncodedSubnet): Feed => ({ shape: [code.length], data: code });

  const supernet: Supernet = {
    plan,
    subnet(genome) {
      const subnet = subnetOf(plan, genome);
      return { ...subnet, code: program.code.encode(valuesOf(plan, subnet)) };
    },
    pass(subnet, { images, targets, count }, share) {
      const feeds = {
        code: codeOf(subnet),
        images,
        targets: { shape: [count, classes], data: targets },
        scale: scalar(share / count),
      };
      const [loss, probabilities] = session.fetch(feeds, [program.added, program.probabilities]);
      return { loss: loss?.[0] as number, probabilities: probabilities as Float32Array };
    },
    apply: (learningRate) => void session.fetch({ learningRate: scalar(learningRate) }, [program.updated]),
    calibrate: (subnet, images, share) =>
      void session.fetch({ code: codeOf(subnet), images, share: scalar(share) }, [program.calibrated]),
    predict: (subnet, images) =>
      session.fetchTensor({ code: codeOf(subnet), images }, program.logits) as Tensor2D,
    cut: (subnet) => cutWeights(subnet, get(variables)),
    gradients: () => get(sums),
    weights: () => get(variables),
    slots: () => get(slots),
    load(weights, from) {
      set(variables, ({ name }) => weights.get(name) as WeightArray);
      set(slots, (slot) => from?.get(slot.name) ?? zeros(slot));
      set(sums, zeros);
    },
    dispose: () => session.close(),
  };
  supernet.load(startValues(parameters, seed));
  return supernet;
}

function record(plan: SupernetPlan, optimizer: SgdSpec, kernels: boolean) {
  const g = new GraphWriter();
  const parameters = parametersOf(plan);
  const variables = parameters.map(({ name, shape }, i) => store(g, name, shape, `v${i}`));
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const code = new CodeLayout(g);
  const images = g.placeholder('images', 'float', [-1, plan.resolution, plan.resolution, plan.inputChannels]);
  const share = g.placeholder('share', 'float', []);

  const inference = new Recorder(new Tape(g, code), byName, false, share, kernels);
  const logits = recordForward(inference, plan, images);

  const t = new Tape(g, code);
  const output = recordForward(new Recorder(t, byName, true, share, kernels), plan, images);
  const calibrated = g.op('Identity', [g.float(0)], T, t.effects);

  const targets = g.placeholder('targets', 'float', [-1, plan.classes]);
  const losses = g.op('SoftmaxCrossEntropyWithLogits', [output, targets]);
  const scaled = g.op('Mul', [g.output(losses, 1), g.placeholder('scale', 'float', [])]);
  const gradientOf = t.backward(new Map([[output, scaled]]));

  const learningRate = g.placeholder('learningRate', 'float', []);
  const slots: StoredVariable[] = [];
  const sums: StoredVariable[] = [];
  const additions: Ref[] = [];
  const updates: Ref[] = [];
  for (const { name, shape, trainable, decayed } of parameters) {
    const { handle, value } = byName.get(name) as StoredVariable;
    const gradient = trainable ? gradientOf(value) : undefined;
    if (gradient === undefined) continue;
    const sum = store(g, name, shape, `g${sums.length}`);
    sums.push(sum);
    additions.push(g.op('AssignAddVariableOp', [sum.handle, gradient], float));
    const own = new Map(
      slotNames(optimizer).map((slot) => [
        slot,
        store(g, `${name}/${slot}`, shape, `s${slots.length}_${slot}`),
      ]),
    );
    slots.push(...own.values());
    const slot = (of: string) => (own.get(of) as StoredVariable).handle;
    const update = { handle, value, gradient: sum.value, decayed, slot };
    const updated = emitUpdate(g, optimizer, update, { learningRate });
    const zeros = g.op('ZerosLike', [sum.value], T, [updated]);
    updates.push(g.op('AssignVariableOp', [sum.handle, zeros], float));
  }
  return {
    g,
    code,
    variables,
    slots,
    sums,
    logits,
    calibrated,
    probabilities: g.op('Softmax', [output]),
    added: g.op('Identity', [mean(g, losses, [0], false)], T, additions),
    updated: g.op('Identity', [g.float(0)], T, updates),
  };
}
