/** Gates in portable ops; see `native/gates.ts` for what they compute. */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { type GroupScaleOp, type HardGateOp, type SoftmaxOp, gateSlack } from '../../../models/index.js';
import type { Tf } from '../../runtime/index.js';
import {
  type GateControls,
  closedRanks,
  logFloor,
  mostGroups,
  rankSlack,
  thresholdMargin,
} from '../gates.js';
import { groupMatrix } from '../group-matrix.js';

const allowedOf = (groups: number, controls: GateControls) => Math.min(groups, controls.groups ?? mostGroups);

export function softmaxGate(tf: Tf, x: Tensor4D, op: SoftmaxOp, controls: GateControls): Tensor4D {
  const closed = closedRanks(controls.groups);
  const own = tf.tensor1d(op.ranks.map((rank) => closed[rank] as number));
  const logits = tf.div<Tensor4D>(tf.add(x, own), controls.temperature);
  return op.independent ? tf.sigmoid(logits) : tf.softmax(logits);
}

/** How a hard decision is made in training. */
export interface Decision {
  /** `[batch, groups]`; without it, as at inference. */
  readonly noise?: Tensor | undefined;
  /** The weight that the last group has that runs, where ranks decide. */
  readonly limit?: ((even: Tensor4D) => Tensor | undefined) | undefined;
}

/**
 * The weight of the last group that runs when those of the whole batch run in falling order until they have the share
 * `running` of the gate's MACs; at least the first does.
 * @param even weights n a.
 * @param macs of each group, of the gate's.
 */
export function limitByRank(even: Float32Array, macs: Float32Array, running: number): number {
  const order = Array.from(even.keys()).sort((a, b) => (even[b] as number) - (even[a] as number));
  const allowed = (even.length / macs.length) * (running + rankSlack);
  let [sum, last] = [0, 0];
  order.forEach((at, place) => {
    sum += macs[at % macs.length] as number;
    if (sum < allowed) last = place;
  });
  return even[order[last] as number] as number;
}

/** The raw value whose sigmoid a threshold is; not that of 0 or 1, which are infinite. */
export function rawThreshold(limit: number): number {
  const inside = Math.min(Math.max(limit, thresholdMargin), 1 - thresholdMargin);
  return -Math.log(1 / inside - 1);
}

/**
 * The weights that pass, and the mask that says which.
 * @param threshold the raw variable where it is learned.
 */
export function hardGate(
  tf: Tf,
  a: Tensor4D,
  op: HardGateOp,
  controls: GateControls,
  threshold: Tensor1D | undefined,
  { noise, limit: byRank }: Decision = {},
): { output: Tensor4D; mask: Tensor4D } {
  const groups = op.shape[2];
  const even = tf.mul<Tensor4D>(a, allowedOf(groups, controls));
  const limit: Tensor = byRank?.(even) ?? (threshold ? tf.sigmoid(threshold) : tf.scalar(op.threshold));
  if (noise === undefined) {
    const mask = tf.relu<Tensor4D>(tf.sign(tf.sub(even, tf.sub(limit, gateSlack))));
    return { output: tf.mul(a, mask), mask };
  }
  const above = tf.sub(tf.log(tf.add(even, logFloor)), tf.log(limit));
  const logit = tf.div(tf.add(above, tf.reshape(noise, [-1, 1, 1, groups])), controls.temperature);
  const soft = tf.sigmoid(logit);
  // Straight through: the value is of the step, the gradient that of the relaxation.
  const through = tf.customGrad((relaxed) => {
    const exact = relaxed as Tensor;
    const step = tf.relu(tf.sign(tf.sub(exact, 0.5)));
    const value = tf.add(exact, tf.mul(tf.sub(step, exact), controls.hardness));
    return { value, gradFunc: (dy: Tensor) => dy };
  });
  const mask = through(soft) as Tensor4D;
  return { output: tf.mul(a, mask), mask };
}

export function groupScale(
  tf: Tf,
  x: Tensor4D,
  gate: Tensor4D,
  op: GroupScaleOp,
  controls: GateControls,
): Tensor4D {
  const groups = op.sizes.length;
  const matrix = tf.tensor2d(groupMatrix(op), [groups, op.shape[2]]);
  const flat = tf.mul(tf.reshape(gate, [-1, groups]), allowedOf(groups, controls) / groups);
  return tf.mul(x, tf.reshape(tf.matMul(flat, matrix), [-1, 1, 1, op.shape[2]]));
}
