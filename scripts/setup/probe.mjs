/** Whether a tfjs-node really works, tried in a process of its own: a native crash must not end the install. */
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

const nodeUtil = fileURLToPath(new URL('node-util.cjs', import.meta.url));

const script = `
const tf = require(process.argv[1]);
const w = tf.variable(tf.tensor2d([[1], [2]]));
const loss = tf.train.sgd(0.1).minimize(() => tf.sum(tf.square(tf.matMul(tf.ones([3, 2]), w))), true);
if (tf.getBackend() !== 'tensorflow' || loss.dataSync()[0] !== 27) throw new Error('wrong arithmetic');
console.log('works with TensorFlow ' + tf.backend().binding.TF_Version);
`;

/**
 * Loads the tfjs-node at `path` and takes one training step.
 * @returns {{ tensorflow?: string, fault?: string, crashed: boolean }}
 */
export function probe(path) {
  const { output, signal } = run([process.execPath, '--require', nodeUtil, '-e', script, path], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    minutes: 3,
  });
  const tensorflow = /^works with TensorFlow (\S+)$/m.exec(output)?.[1];
  if (tensorflow) return { tensorflow, crashed: false };
  const fault = signal ? `it was ended by ${signal}` : (/^\w*Error: .*$/m.exec(output)?.[0] ?? output.trim());
  return { fault, crashed: signal !== null };
}
