/**
 * Times training steps of this project in a process of its own: `ours.ts native` or `ours.ts portable`, with
 * a `Job` on standard input. A step is what PyTorch's side does in one: feed a batch that is in memory,
 * forward, backward, SGD with Nesterov momentum, read the loss.
 */
import { createRandom } from '../../src/base/index.js';
import { type NetworkPath, createTrainer, loadRuntime } from '../../src/training/index.js';
import { type Answer, type Job, readLine } from './job.js';

const path = process.argv[2] as NetworkPath;
const { graph, batch: count, seconds, threads } = JSON.parse(readLine()) as Job;
const runtime = await loadRuntime({ intraOpThreads: threads });
const random = createRandom(1);
const batch = {
  images: Float32Array.from({ length: count * graph.resolution ** 2 * 3 }, () => random.normal()),
  targets: new Float32Array(count * graph.classes).fill(1 / graph.classes),
  count,
};
const optimizer = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 } as const;
const trainer = createTrainer(graph, runtime, { path, optimizer });
const step = (seed: number) => trainer.step(batch, { learningRate: 0.01, statistics: 0.1, seed });
for (let warmUp = 0; warmUp < 3; warmUp++) step(warmUp);
console.log('ready');
readLine();
const times: number[] = [];
const end = performance.now() + seconds * 1000;
while (performance.now() < end || times.length < 3) {
  const started = performance.now();
  step(times.length);
  times.push((performance.now() - started) / 1000);
}
trainer.dispose();
const kernels = runtime.kernels.loaded ? 'with' : 'without';
const answer: Answer = {
  version: `TensorFlow ${runtime.tensorflowVersion ?? runtime.backend}, ${kernels} our device kernels`,
  seconds: times,
};
console.log(JSON.stringify(answer));
