/** Gates in portable ops; see `native/gates.ts` for what they compute. */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { type GroupScaleOp, type HardGateOp, type SoftmaxOp, gateSlack } from '../../../models/index.js';
import type { Tf } from '../../runtime/index.js';
import { type GateControls, closedRanks, logFloor, mostGroups } from '../gates.js';
import { groupMatrix } from '../group-matrix.js';

const allowedOf = (groups: number, controls: GateControls) => Math.min(groups, controls.groups ?? mostGroups);

export function softmaxGate(tf: Tf, x: Tensor4D, op: SoftmaxOp, controls: GateControls): Tensor4D {
  const closed = closedRanks(controls.groups);
  const own = tf.tensor1d(op.ranks.map((rank) => closed[rank] as number));
  return tf.softmax<Tensor4D>(tf.div(tf.add(x, own), controls.temperature));
}

/**
 * The weights that pass, and the mask that says which.
 * @param threshold the raw variable where it is learned.
 * @param noise `[batch, groups]`, in training only.
 */
export function hardGate(
  tf: Tf,
  a: Tensor4D,
  op: HardGateOp,
  controls: GateControls,
  threshold: Tensor1D | undefined,
  noise: Tensor | undefined,
): { output: Tensor4D; mask: Tensor4D } {
  const groups = op.shape[2];
  const limit: Tensor = threshold ? tf.sigmoid(threshold) : tf.scalar(op.threshold);
  const even = tf.mul(a, allowedOf(groups, controls));
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
