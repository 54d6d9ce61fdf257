/** The gates of mixed convolutions: softmax over groups, the hard decision, and the scaling. */
import {
  type DepthwiseOp,
  type GroupScaleOp,
  type HardGateOp,
  type SoftmaxOp,
  gateSlack,
} from '../../../models/index.js';
import { groupMatrix } from '../group-matrix.js';
import { logFloor, rankSlack, thresholdMargin } from '../gates.js';
import { sum } from './gradients.js';
import { type GraphWriter, type Ref, T, attr } from './graph-writer.js';
import type { Layer, Surroundings } from './layer.js';

const gather = { Tparams: attr.type('float'), Tindices: attr.type('int32'), Taxis: attr.type('int32') };

/** a = softmax((logits + closed) / T), or the sigmoid of each. */
export function softmax(s: Surroundings, op: SoftmaxOp, x: Ref): Layer {
  const { g } = s;
  const gates = s.gates();
  const ranks = g.ints(op.ranks);
  const open = g.op('AddV2', [x, g.op('GatherV2', [gates.closed, ranks, g.int(0)], gather)]);
  const scaled = s.training ? g.op('RealDiv', [open, gates.temperature]) : open;
  const y = g.op(op.independent ? 'Sigmoid' : 'Softmax', [scaled]);
  return {
    output: y,
    backward(dy, into) {
      // y (dy - <dy, y>) / T, or y (1 - y) dy / T
      const along = () => sum(g, g.op('Mul', [dy, y]), [3], true);
      const d = op.independent ? g.op('SigmoidGrad', [y, dy]) : g.op('Mul', [g.op('Sub', [dy, along()]), y]);
      const ref = g.op('RealDiv', [d, gates.temperature]);
      into.add(op.inputs[0] as number, { kind: 'full', ref });
    },
  };
}

/** Groups that may run of a gate of `groups`: the smaller of both numbers. */
function allowedOf(s: Surroundings, groups: number): Ref {
  return s.g.op('Minimum', [s.gates().allowed, s.g.float(groups)]);
}

/** 1 where `x` is above 0, else 0. */
const step = (g: GraphWriter, x: Ref) => g.op('Relu', [g.op('Sign', [x])]);

/**
 * a * m with m = 1 where n a reaches the threshold, n the groups that may run. In training m is drawn: the
 * relaxation is sigmoid((log(n a) - log(threshold) + noise) / T), noise the difference of two Gumbel
 * variables (Jang et al., arXiv 1611.01144); m is 1 where it is above a half, and the gradient that of the
 * relaxation (straight through).
 */
export function hardGate(s: Surroundings, op: HardGateOp, a: Ref): Layer & { readonly mask: Ref } {
  const { g } = s;
  const groups = op.shape[2];
  const multiply = (x: Ref, y: Ref) => g.op('Mul', [x, y]);
  const gates = s.gates();
  const threshold =
    op.threshold === 'learned'
      ? g.op('Sigmoid', [s.variable(`${op.name}.threshold`)])
      : g.float(op.threshold);
  const even = multiply(a, allowedOf(s, groups));
  if (!s.training) {
    const mask = step(g, g.op('Sub', [even, g.op('Sub', [threshold, g.float(gateSlack)])]));
    return { output: multiply(a, mask), mask, backward: () => {} };
  }
  if (s.open) {
    return {
      output: a,
      mask: g.op('OnesLike', [a]),
      backward(dy, into) {
        into.add(op.inputs[0] as number, { kind: 'full', ref: dy });
        if (op.threshold !== 'learned') return;
        into.variables.set(`${op.name}.threshold`, g.constant(new Float32Array(1), [1]));
      },
    };
  }
  const ranked = gates.running !== undefined && op.threshold === 'learned';
  const limit = ranked ? limitByRank(s, op, even, gates.running) : threshold;
  const noise = g.op('Reshape', [
    g.op('Slice', [gates.noise, g.ints([0, s.noiseBegin(op)]), g.ints([-1, groups])], {
      ...T,
      Index: attr.type('int32'),
    }),
    g.ints([-1, 1, 1, groups]),
  ]);
  const floored = g.op('AddV2', [even, g.float(logFloor)]);
  const above = g.op('Sub', [g.op('Log', [floored]), g.op('Log', [limit])]);
  const logit = g.op('RealDiv', [g.op('AddV2', [above, noise]), gates.temperature]);
  const soft = g.op('Sigmoid', [logit]);
  const drawn = g.op('Sub', [step(g, logit), soft]);
  const mask = g.op('AddV2', [soft, multiply(gates.hardness, drawn)]);
  return {
    output: multiply(a, mask),
    mask,
    backward(dy, into) {
      let byMask = multiply(dy, a);
      const penalty = s.penaltyWeights(op);
      if (gates.penaltySlope !== undefined && penalty !== undefined) {
        const weights = multiply(g.constant(penalty, [groups]), gates.penaltySlope);
        byMask = g.op('AddV2', [byMask, weights]);
      }
      const bound = gates.boundSlopes?.get(op.id);
      if (bound !== undefined) {
        const own = g.constant(s.ownWeights(op) as Float32Array, [groups]);
        byMask = g.op('AddV2', [byMask, multiply(own, bound)]);
      }
      const byLogit = g.op('SigmoidGrad', [soft, byMask]);
      const byAbove = g.op('RealDiv', [byLogit, gates.temperature]);
      // d log(n a + floor) / da = n / (n a + floor)
      const slope = g.op('RealDiv', [allowedOf(s, groups), floored]);
      const ref = g.op('AddV2', [multiply(dy, mask), multiply(byAbove, slope)]);
      into.add(op.inputs[0] as number, { kind: 'full', ref });
      if (op.threshold !== 'learned') return;
      if (ranked) {
        // It follows the ranks, as a running statistic.
        into.variables.set(`${op.name}.threshold`, g.constant(new Float32Array(1), [1]));
        return;
      }
      const total = sum(g, byAbove, [0, 1, 2, 3], false);
      // d log(sigmoid(t)) / dt = 1 - sigmoid(t)
      const byRaw = multiply(g.op('Neg', [total]), g.op('Sub', [g.float(1), threshold]));
      into.variables.set(`${op.name}.threshold`, g.op('Reshape', [byRaw, g.ints([1])]));
    },
  };
}

/**
 * The weight n a of the last group that runs when those of the whole batch run in falling order until they have the share
 * `running` of the gate's MACs; at least the first does. The threshold that inference uses follows it.
 */
function limitByRank(s: Surroundings, op: HardGateOp, even: Ref, running: Ref): Ref {
  const { g } = s;
  const groups = op.shape[2];
  const [i32, int] = [{ T: attr.type('int32') }, { Tidx: attr.type('int32'), ...T }];
  const flat = g.op('Reshape', [even, g.ints([-1])]);
  const size = g.op('Size', [flat], { ...T, out_type: attr.type('int32') });
  const sorted = g.op('TopKV2', [flat, size], { ...T, sorted: attr.bool(true) });
  const group = g.op('FloorMod', [g.output(sorted, 1), g.int(groups)], i32);
  const own = g.constant(s.ownWeights(op) as Float32Array, [groups]);
  const macs = g.op('GatherV2', [own, group, g.int(0)], gather);
  const exclusive = { ...int, exclusive: attr.bool(false), reverse: attr.bool(false) };
  const sums = g.op('Cumsum', [macs, g.int(0)], exclusive);
  const images = g.op('Cast', [g.op('FloorDiv', [size, g.int(groups)], i32)], {
    SrcT: attr.type('int32'),
    DstT: attr.type('float'),
  });
  const allowed = g.op('Mul', [images, g.op('AddV2', [running, g.float(rankSlack)])]);
  const within = step(g, g.op('Sub', [allowed, sums]));
  const count = g.op('Cast', [sum(g, within, [0], false)], {
    SrcT: attr.type('float'),
    DstT: attr.type('int32'),
  });
  const last = g.op('Maximum', [g.op('Sub', [count, g.int(1)], i32), g.int(0)], i32);
  const limit = g.op('GatherV2', [sorted, last, g.int(0)], gather);
  const inside = g.op('Minimum', [
    g.op('Maximum', [limit, g.float(thresholdMargin)]),
    g.float(1 - thresholdMargin),
  ]);
  const raw = g.op('Neg', [g.op('Log', [g.op('Sub', [g.op('Reciprocal', [inside]), g.float(1)])])]);
  s.statistics(`${op.name}.threshold`, g.op('Reshape', [raw, g.ints([1])]));
  return limit;
}

/** x * (n a M / G): M `[G, channels]` the constant that holds G where the channel is the group's. */
export function groupScale(s: Surroundings, op: GroupScaleOp, inputs: readonly Ref[]): Layer {
  const { g } = s;
  const [x, gate] = inputs as [Ref, Ref];
  const groups = op.sizes.length;
  const matrix = g.constant(groupMatrix(op), [groups, op.shape[2]]);
  const share = g.op('RealDiv', [allowedOf(s, groups), g.float(groups)]);
  const flat = g.op('Mul', [g.op('Reshape', [gate, g.ints([-1, groups])]), share]);
  const channels = g.op('Reshape', [g.op('MatMul', [flat, matrix]), g.ints([-1, 1, 1, op.shape[2]])]);
  return {
    output: g.op('Mul', [x, channels]),
    backward(dy, into) {
      into.add(op.inputs[0] as number, { kind: 'full', ref: g.op('Mul', [dy, channels]) });
      const byChannel = sum(g, g.op('Mul', [dy, x]), [1, 2], false);
      const byGroup = g.op('MatMul', [byChannel, matrix], { ...T, transpose_b: attr.bool(true) });
      const ref = g.op('Reshape', [g.op('Mul', [byGroup, share]), g.ints([-1, 1, 1, groups])]);
      into.add(op.inputs[1] as number, { kind: 'full', ref });
    },
  };
}

/**
 * At inference, a depthwise convolution that a hard gate may skip: computed only when an image of the batch
 * wants its group. What stands there otherwise is multiplied by the weight 0 further on.
 * @param compute records the convolution of a given input.
 */
export function skippable(
  s: Surroundings,
  op: DepthwiseOp,
  x: Ref,
  weights: Ref,
  compute: (x: Ref) => Ref,
): Ref {
  const { g } = s;
  const slice = { ...T, Index: attr.type('int32') };
  const group = op.skip?.group ?? 0;
  const own = g.op('Slice', [weights, g.ints([0, 0, 0, group]), g.ints([-1, 1, 1, 1])], slice);
  const largest = g.op('Max', [own, g.ints([0, 1, 2, 3])], { ...T, keep_dims: attr.bool(false) });
  const wanted = g.op('Greater', [largest, g.float(0)]);
  const either = g.op('Switch', [x, wanted]);
  const [height, width, channels] = op.shape;
  const i32 = { T: attr.type('int32') };
  // [batch, height, width, channels], from a tensor that only exists when the group is skipped.
  const batch = g.op('Mul', [g.op('Shape', [either]), g.ints([1, 0, 0, 0])], i32);
  const shape = g.op('AddV2', [batch, g.ints([0, height, width, channels])], i32);
  const nothing = g.op('Fill', [shape, g.float(0)]);
  return g.op('Merge', [nothing, compute(g.output(either, 1))], { ...T, N: attr.int(2) });
}
