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
import { type GateLayout, gateLayout, mostGroups } from '../gates.js';
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
function gatePlaceholders(g: GraphWriter, noiseWidth: number): GateFeeds {
  return {
    closed: g.placeholder('gateClosed', 'float', [mostGroups]),
    allowed: g.placeholder('gateAllowed', 'float', []),
    temperature: g.placeholder('gateTemperature', 'float', []),
    noise: g.placeholder('gateNoise', 'float', [-1, noiseWidth]),
    hardness: g.placeholder('gateHardness', 'float', []),
    penaltySlope: undefined,
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
  const gates = layout.any ? gatePlaceholders(g, layout.noiseWidth) : undefined;
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
  };
  const flat = (layers: readonly Layer[]) =>
    g.op('Reshape', [(layers.at(-1) as Layer).output, g.ints([-1, graph.classes])]);

  const inference = forward({ ...common, training: false }, images);
  const gateWeights = new Map(
    [...layout.weights].map(([name, { id }]) => [name, (inference[id] as Layer).output]),
  );
  const program = { writer: g, variables, logits: flat(inference), gates: gateWeights };
  if (!optimizer) return { ...program, slots: [], step: undefined };

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
  let loss = mean(g, losses, [0], false);
  if (gates && layout.penaltyWeights.size > 0) {
    const penalty = recordPenalty(g, layout, layers);
    loss = g.op('AddV2', [loss, penalty.value]);
    // Of one image: the mask of each is one of the batch's.
    gates.penaltySlope = g.op('Mul', [penalty.slope, inverseBatch]);
  }
  const gradients = backward(g, graph, layers, g.op('Mul', [g.output(losses, 1), inverseBatch]));

  const fed = (name: string) => g.placeholder(name, 'float', []);
  const feeds: UpdateFeeds = {
    learningRate: fed('learningRate'),
    powers: optimizer.name === 'adamw' ? [fed('beta1Power'), fed('beta2Power')] : undefined,
  };
  const slots: StoredVariable[] = [];
  const trained = specs.filter(({ trainable }) => trainable);
  for (const spec of trained) updates.push(update(spec));
  if (optimizer.averaged) updates.push(...recordAverages(g, variables, slots, updates));
  const step = {
    loss,
    updated: g.op('Identity', [loss], undefined, updates),
    names: trained.map(({ name }) => name),
    gradients: trained.map(({ name }) => gradients.get(name) as Ref),
  };
  return { ...program, slots, step };

  function update(spec: Variable): Ref {
    const { name, shape, decayed } = spec;
    const own = new Map(
      slotNames(optimizer as OptimizerSpec).map((slot) => [
        slot,
        store(g, `${name}/${slot}`, shape, `s${slots.length}_${slot}`),
      ]),
    );
    slots.push(...own.values());
    const { handle, value } = variable(name);
    const gradient = gradients.get(name);
    if (gradient === undefined) throw new InternalError(`no gradient by ${name}`);
    const slot = (of: string) => (own.get(of) as StoredVariable).handle;
    const rate = rateOf(optimizer as OptimizerSpec, spec);
    return emitUpdate(g, optimizer as OptimizerSpec, { handle, value, gradient, decayed, rate, slot }, feeds);
  }
}

/** average += share * (variable - average), once all `updates` are done; the averages become slots. */
function recordAverages(
  g: GraphWriter,
  variables: readonly StoredVariable[],
  slots: StoredVariable[],
  updates: readonly Ref[],
): Ref[] {
  const share = g.placeholder('averageShare', 'float', []);
  const done = [...updates];
  return variables.map(({ name, shape, handle }) => {
    const average = store(g, averageOf(name), shape, `s${slots.length}_average`);
    slots.push(average);
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
