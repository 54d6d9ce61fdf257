/**
 * A whole network as one TensorFlow graph: its variables, inference, and (with an optimizer) a
 * training step whose backward pass is written out, op by op in reverse.
 */
import { InternalError } from '../../../base/index.js';
import type { LayerGraph } from '../../../models/index.js';
import { type OptimizerSpec, averageOf, rateOf, slotNames } from '../optimizer.js';
import { type Variable, inputShape, variablesOf } from '../variables.js';
import { fusedMix, fusedNorm, innerLayer } from './fused.js';
import { type MixGroup, type NormGroup, findFusion } from './fusion.js';
import { type GateFeatures, type GateLayout, gateLayout, mostGroups } from '../gates.js';
import { Gradients, mean, sum } from './gradients.js';
import { GraphWriter, type Ref, attr } from './graph-writer.js';
import type { GateFeeds, Layer, Surroundings } from './layer.js';
import { emit } from './layers.js';
import { type UpdateFeeds, emitUpdate } from './optimizer.js';

/** A variable of the session: how to read it and how to set it. */
export interface StoredVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly handle: Ref;
  readonly value: Ref;
  /** The placeholder to feed, and the output to fetch, to set it. */
  readonly feed: string;
  readonly assigned: Ref;
}

/** A recorded network. Placeholders: `images`, and for training those of `Step`. */
export interface Program {
  readonly writer: GraphWriter;
  readonly variables: readonly StoredVariable[];
  readonly slots: readonly StoredVariable[];
  /** `[batch, classes]` of fed `images`, at inference. */
  readonly logits: Ref;
  /** The weights of each gate's groups at inference, by the gate's name. */
  readonly gates: ReadonlyMap<string, Ref>;
  readonly step: Step | undefined;
  /** A step that runs the batch with all groups too; fed `gateOpen` and `gateDistillation` besides. */
  readonly openStep: Step | undefined;
}

/**
 * Fed: `images`, `targets`, `inverseBatch`, `stepSeed`, where there are gates those of `gatePlaceholders`;
 * to update also `learningRate`, `statisticsShare`, `beta1Power`, `beta2Power`, with averages `averageShare`.
 */
export interface Step {
  /** The mean loss; fetching it changes nothing. */
  readonly loss: Ref;
  /** The mean loss, after everything was updated. */
  readonly updated: Ref;
  /** Gradients by trainable variable, in the order of `names`. */
  readonly names: readonly string[];
  readonly gradients: readonly Ref[];
}

const float = { dtype: attr.type('float') };

export function store(g: GraphWriter, name: string, shape: readonly number[], key: string): StoredVariable {
  const handle = g.named(key, 'VarHandleOp', [], {
    ...float,
    shape: attr.shape(shape),
    shared_name: attr.string(key),
  });
  const feed = g.placeholder(`${key}_feed`, 'float', shape);
  const assign = g.op('AssignVariableOp', [handle, feed], float);
  return {
    name,
    shape,
    handle,
    value: g.op('ReadVariableOp', [handle], float),
    feed: `${key}_feed`,
    assigned: g.op('Const', [], { ...float, value: attr.tensor('float', [], Buffer.alloc(4)) }, [assign]),
  };
}

/** Placeholders that steer gates; at inference only the first two are fed. */
function gatePlaceholders(g: GraphWriter, noiseWidth: number, { rank }: GateFeatures): GateFeeds {
  return {
    closed: g.placeholder('gateClosed', 'float', [mostGroups]),
    allowed: g.placeholder('gateAllowed', 'float', []),
    temperature: g.placeholder('gateTemperature', 'float', []),
    noise: g.placeholder('gateNoise', 'float', [-1, noiseWidth]),
    hardness: g.placeholder('gateHardness', 'float', []),
    penaltySlope: undefined,
    boundSlopes: undefined,
    running: rank && noiseWidth > 0 ? g.placeholder('gateRunning', 'float', []) : undefined,
  };
}

/** Records the forward pass; the statistics of batch norms go to `onStatistics`. */
function forward(
  surroundings: Omit<Surroundings, 'statistics' | 'outputOf'>,
  images: Ref,
  onStatistics: Surroundings['statistics'] = () => {},
): Layer[] {
  const layers: Layer[] = [];
  const outputOf = (id: number) => (layers[id] as Layer).output;
  const s: Surroundings = { ...surroundings, statistics: onStatistics, outputOf };
  const fusion = s.kernels && s.training ? findFusion(s.graph) : undefined;
  for (const op of s.graph.ops) {
    const group = fusion?.groups.get(op.id);
    if (group) {
      const record = group.kind === 'norm' ? fusedNorm : fusedMix;
      layers.push(record(s, group as NormGroup & MixGroup, outputOf(group.source)));
    } else if (fusion?.inner.has(op.id)) {
      layers.push(innerLayer);
    } else {
      layers.push(emit(s, op, op.kind === 'input' ? [images] : op.inputs.map(outputOf)));
    }
  }
  return layers;
}

/** Records a network; with an optimizer, its training step too. */
export function recordProgram(
  graph: LayerGraph,
  optimizer: OptimizerSpec | undefined,
  kernels: boolean,
  features: GateFeatures = {},
): Program {
  const g = new GraphWriter();
  const specs = variablesOf(graph);
  const variables = specs.map(({ name, shape }, i) => store(g, name, shape, `v${i}`));
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const variable = (name: string) => {
    const found = byName.get(name);
    if (!found) throw new InternalError(`no variable ${name}`);
    return found;
  };
  const images = g.placeholder('images', 'float', [-1, ...inputShape(graph)]);
  const stepSeed = g.placeholder('stepSeed', 'int32', [2]);
  const layout = gateLayout(graph);
  const gates = layout.any ? gatePlaceholders(g, layout.noiseWidth, features) : undefined;
  const common = {
    g,
    graph,
    kernels,
    stepSeed,
    variable: (name: string) => variable(name).value,
    gates() {
      if (!gates) throw new InternalError('a graph without gates was asked for them');
      return gates;
    },
    noiseBegin: ({ id }: { id: number }) => layout.noiseBegin.get(id) as number,
    penaltyWeights: ({ id }: { id: number }) => layout.penaltyWeights.get(id),
    ownWeights: ({ id }: { id: number }) => layout.ownWeights.get(id),
  };
  const flat = (layers: readonly Layer[]) =>
    g.op('Reshape', [(layers.at(-1) as Layer).output, g.ints([-1, graph.classes])]);

  const inference = forward({ ...common, training: false }, images);
  const gateWeights = new Map(
    [...layout.weights].map(([name, { id }]) => [name, (inference[id] as Layer).output]),
  );
  const program = { writer: g, variables, logits: flat(inference), gates: gateWeights };
  if (!optimizer) return { ...program, slots: [], step: undefined, openStep: undefined };

  const share = g.placeholder('statisticsShare', 'float', []);
  const updates: Ref[] = [];
  const layers = forward({ ...common, training: true }, images, (name, value) => {
    const { handle, value: old } = variable(name);
    const change = g.op('Mul', [g.op('Sub', [old, value]), share]);
    updates.push(g.op('AssignSubVariableOp', [handle, change], float));
  });
  const inverseBatch = g.placeholder('inverseBatch', 'float', []);
  const targets = g.placeholder('targets', 'float', [-1, graph.classes]);
  const losses = g.op('SoftmaxCrossEntropyWithLogits', [flat(layers), targets]);
  const penalties: Ref[] = [];
  if (gates && layout.penaltyWeights.size > 0) {
    const penalty = recordPenalty(g, layout, layers);
    penalties.push(penalty.value);
    // Of one image: the mask of each is one of the batch's.
    gates.penaltySlope = g.op('Mul', [penalty.slope, inverseBatch]);
    if (features.bounds) {
      const bounds = recordBounds(g, layout, layers, inverseBatch);
      penalties.push(bounds.value);
      gates.boundSlopes = bounds.slopes;
    }
  }
  const withPenalties = (loss: Ref) => penalties.reduce((total, ref) => g.op('AddV2', [total, ref]), loss);
  const lossOf = (values: Ref) => mean(g, values, [0], false);
  const gradients = backward(g, graph, layers, g.op('Mul', [g.output(losses, 1), inverseBatch]));

  const fed = (name: string) => g.placeholder(name, 'float', []);
  const feeds: UpdateFeeds = {
    learningRate: fed('learningRate'),
    powers: optimizer.name === 'adamw' ? [fed('beta1Power'), fed('beta2Power')] : undefined,
  };
  const slots: StoredVariable[] = [];
  const trained = specs.filter(({ trainable }) => trainable);
  const slotOf = new Map<string, StoredVariable>();
  for (const { name, shape } of trained) {
    for (const slot of slotNames(optimizer)) {
      const key = `${name}/${slot}`;
      slotOf.set(key, store(g, key, shape, `s${slotOf.size}_${slot}`));
    }
  }
  slots.push(...slotOf.values());
  const averages = optimizer.averaged ? storeAverages(g, variables, slots) : undefined;
  const step = recordStep(withPenalties(lossOf(losses)), gradients);
  const openStep = features.open && gates ? recordOpen(features.open) : undefined;
  return { ...program, slots, step, openStep };

  /** The step that these gradients make. */
  function recordStep(loss: Ref, by: ReadonlyMap<string, Ref>): Step {
    const own = [...updates, ...trained.map((spec) => update(spec, by))];
    if (averages) own.push(...recordAverages(g, variables, averages, own));
    return {
      loss,
      updated: g.op('Identity', [loss], undefined, own),
      names: trained.map(({ name }) => name),
      gradients: trained.map(({ name }) => by.get(name) as Ref),
    };
  }

  /** The step that also runs the batch with every group, and lets that pass teach the gated one. */
  function recordOpen(mode: 'teacher' | 'trained'): Step {
    const [weight, distillation] = [fed('gateOpen'), fed('gateDistillation')];
    const open = forward({ ...common, training: true, open: true }, images);
    const logits = flat(open);
    const change = g.op('Sub', [g.op('Softmax', [logits]), targets]);
    const taught = g.op('AddV2', [targets, g.op('Mul', [change, distillation])]);
    const [gated, plain] = [
      g.op('SoftmaxCrossEntropyWithLogits', [flat(layers), taught]),
      g.op('SoftmaxCrossEntropyWithLogits', [logits, targets]),
    ];
    const rest = g.op('Sub', [g.float(1), weight]);
    const byLogits = (values: Ref, share: Ref) =>
      g.op('Mul', [g.output(values, 1), g.op('Mul', [inverseBatch, share])]);
    const total = new Map(backward(g, graph, layers, byLogits(gated, rest)));
    if (mode === 'trained') {
      for (const [name, ref] of backward(g, graph, open, byLogits(plain, weight))) {
        const other = total.get(name);
        total.set(name, other === undefined ? ref : g.op('AddV2', [other, ref]));
      }
    }
    const sums = [g.op('Mul', [lossOf(gated), rest]), g.op('Mul', [lossOf(plain), weight])];
    return recordStep(withPenalties(g.op('AddV2', sums)), total);
  }

  function update(spec: Variable, by: ReadonlyMap<string, Ref>): Ref {
    const { name, decayed } = spec;
    const { handle, value } = variable(name);
    const gradient = by.get(name);
    if (gradient === undefined) throw new InternalError(`no gradient by ${name}`);
    const slot = (of: string) => (slotOf.get(`${name}/${of}`) as StoredVariable).handle;
    const rate = rateOf(optimizer as OptimizerSpec, spec);
    return emitUpdate(g, optimizer as OptimizerSpec, { handle, value, gradient, decayed, rate, slot }, feeds);
  }
}

/** The moving averages of variables, which become slots, and the placeholder of their share. */
interface Averages {
  readonly share: Ref;
  readonly stored: readonly StoredVariable[];
}

function storeAverages(
  g: GraphWriter,
  variables: readonly StoredVariable[],
  slots: StoredVariable[],
): Averages {
  const share = g.placeholder('averageShare', 'float', []);
  const stored = variables.map(({ name, shape }) => {
    const average = store(g, averageOf(name), shape, `s${slots.length}_average`);
    slots.push(average);
    return average;
  });
  return { share, stored };
}

/** average += share * (variable - average), once all `updates` are done. */
function recordAverages(
  g: GraphWriter,
  variables: readonly StoredVariable[],
  { share, stored }: Averages,
  updates: readonly Ref[],
): Ref[] {
  const done = [...updates];
  return variables.map(({ handle }, i) => {
    const average = stored[i] as StoredVariable;
    const now = g.op('ReadVariableOp', [handle], float, done);
    const change = g.op('Mul', [g.op('Sub', [average.value, now]), share]);
    return g.op('AssignSubVariableOp', [average.handle, change], float);
  });
}

/** penalty * max(0, share - target)^2, share the part of the skippable MACs that run; and its slope by share. */
function recordPenalty(
  g: GraphWriter,
  layout: GateLayout,
  layers: readonly Layer[],
): { value: Ref; slope: Ref } {
  const shares = [...layout.penaltyWeights].map(([id, weights]) => {
    const running = mean(g, (layers[id] as Layer).mask as Ref, [0, 1, 2], false);
    return sum(g, g.op('Mul', [running, g.constant(weights, [weights.length])]), [0], false);
  });
  const share = shares.reduce((total, ref) => g.op('AddV2', [total, ref]));
  const penalty = g.placeholder('gatePenalty', 'float', []);
  const over = g.op('Relu', [g.op('Sub', [share, g.placeholder('gateTarget', 'float', [])])]);
  return {
    value: g.op('Mul', [penalty, g.op('Square', [over])]),
    slope: g.op('Mul', [penalty, g.op('Mul', [g.float(2), over])]),
  };
}

/**
 * weight / gates * (max(0, share - high)^2 + max(0, low - share)^2) over the hard gates, the share of each of its own MACs;
 * and the slope by that share, of one image, by the gate's id.
 */
function recordBounds(
  g: GraphWriter,
  layout: GateLayout,
  layers: readonly Layer[],
  inverseBatch: Ref,
): { value: Ref; slopes: ReadonlyMap<number, Ref> } {
  const [total, low, high] = ['gateBounds', 'gateLow', 'gateHigh'].map((name) =>
    g.placeholder(name, 'float', []),
  ) as [Ref, Ref, Ref];
  const weight = g.op('Mul', [total, g.float(1 / layout.ownWeights.size)]);
  const slopes = new Map<number, Ref>();
  const values = [...layout.ownWeights].map(([id, weights]) => {
    const running = mean(g, (layers[id] as Layer).mask as Ref, [0, 1, 2], false);
    const share = sum(g, g.op('Mul', [running, g.constant(weights, [weights.length])]), [0], false);
    const over = g.op('Relu', [g.op('Sub', [share, high])]);
    const under = g.op('Relu', [g.op('Sub', [low, share])]);
    const slope = g.op('Mul', [weight, g.op('Mul', [g.float(2), g.op('Sub', [over, under])])]);
    slopes.set(id, g.op('Mul', [slope, inverseBatch]));
    return g.op('AddV2', [g.op('Square', [over]), g.op('Square', [under])]);
  });
  const sums = values.reduce((all, ref) => g.op('AddV2', [all, ref]));
  return { value: g.op('Mul', [weight, sums]), slopes };
}

/** Records the backward pass from the gradient of the mean loss by the logits; gives those by variable. */
function backward(
  g: GraphWriter,
  graph: LayerGraph,
  layers: readonly Layer[],
  byLogits: Ref,
): ReadonlyMap<string, Ref> {
  const gradients = new Gradients(graph, g);
  const last = graph.ops.length - 1;
  const shaped = g.op('Reshape', [byLogits, g.ints([-1, 1, 1, graph.classes])]);
  gradients.add(last, { kind: 'full', ref: shaped });
  for (let id = last; id > 0; id--) {
    const layer = layers[id] as Layer;
    if (layer === innerLayer) continue;
    const total = gradients.total(id, layer.output);
    if (total !== undefined) layer.backward(total, gradients);
  }
  return gradients.variables;
}
