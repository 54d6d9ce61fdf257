/**
 * The cost of a supernet on the space `cifar-small` at 32x32: a step under the sandwich rule compared with as many
 * steps of its largest subnet trained alone, in turns in one process; and the time to score a subnet. All in
 * processor time of one thread.
 *
 *     npm run bench:supernet [-- --quick]
 */
import { createRandom, upperMedian } from '../src/base/index.js';
import { loadSpace } from '../src/app/config/spaces.js';
import { countCost } from '../src/models/index.js';
import {
  createScorer,
  createTrainer,
  largestSubnet,
  loadDataSet,
  loadRuntime,
  openSupernet,
  sandwichSubnets,
  splitTrainValidation,
  supernetRecipeSchema,
} from '../src/training/index.js';

const quick = process.argv.includes('--quick');
const rounds = quick ? 4 : 24;
const batchSize = 64;
const passes = 4;

const runtime = await loadRuntime({ intraOpThreads: 1 });
const space = loadSpace('cifar-small');
const dataset = await loadDataSet({ name: 'textures', seed: 1, size: 4000, resolution: 32, classes: 10 });
const recipe = supernetRecipeSchema.parse({ batchSize, passes });
const { momentum, nesterov, weightDecay } = recipe;

/** Processor time in ms: the same as the clock's on an idle machine, and fair on a busy one. */
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const line = (what: string, value: string) => console.log(`${what.padEnd(46)} ${value}`);

const opened = clock();
const supernet = openSupernet(space, dataset, recipe, 1, runtime);
const openedMs = clock() - opened;

const size = 32 * 32 * 3;
const random = createRandom('bench');
const pixels = Float32Array.from({ length: batchSize * size }, () => random.normal());
const targets = new Float32Array(batchSize * 10).fill(0.1);
const images = runtime.tf.tensor4d(pixels, [batchSize, 32, 32, 3]);

const largest = supernet.subnet(largestSubnet(space));
const alone = createTrainer(largest.graph, runtime, {
  optimizer: { name: 'sgd', momentum, nesterov, weightDecay },
});

function supernetStep(round: number): number {
  const started = clock();
  let taught: Float32Array = targets;
  for (const [i, genome] of sandwichSubnets(space, random.fork(round), passes).entries()) {
    const { probabilities } = supernet.pass(
      supernet.subnet(genome),
      { images, targets: taught, count: batchSize },
      1 / passes,
    );
    if (i === 0) taught = probabilities;
  }
  supernet.apply(0.01);
  return clock() - started;
}

function aloneStep(round: number): number {
  const started = clock();
  alone.step(
    { images: pixels, targets, count: batchSize },
    { learningRate: 0.01, statistics: 0.1, seed: round },
  );
  return clock() - started;
}

for (let i = 0; i < 3; i++) {
  supernetStep(-i - 1);
  aloneStep(i);
}
const both = Array.from({ length: rounds }, (_, i) => ({
  supernet: supernetStep(i),
  alone: upperMedian(Array.from({ length: 3 }, () => aloneStep(i))),
}));
const ratio = upperMedian(both.map((round) => round.supernet / (passes * round.alone)));

const split = splitTrainValidation(dataset.train, { validation: 1000, seed: 1 });
const scorer = await createScorer({ supernet, dataset, split, calibration: 1024, seed: 1, runtime });
const scoreMs = (genome: ArrayLike<number>): number => {
  const started = clock();
  scorer.score(genome);
  return clock() - started;
};
// The first score of a process also makes TensorFlow prepare the graph for its two ways of running it.
const first = scoreMs(largestSubnet(space));
const scored = Array.from({ length: quick ? 3 : 15 }, () => scoreMs(space.random(random)));
const again = scoreMs(largestSubnet(space));
scorer.dispose();

line('backend', `${runtime.backend} ${runtime.tensorflowVersion ?? ''}`);
line('largest subnet', `${(countCost(largest.graph).macs / 1e6).toFixed(1)} MMACs at 32x32`);
line('recorded and opened', `${(openedMs / 1000).toFixed(1)} s`);
line(
  `supernet step, ${passes} passes of ${batchSize} images`,
  `${upperMedian(both.map((r) => r.supernet)).toFixed(0)} ms`,
);
line('step of the largest subnet alone', `${upperMedian(both.map((r) => r.alone)).toFixed(0)} ms`);
line(`supernet step / ${passes} steps of the largest`, `${ratio.toFixed(2)} (bar: 1.3)`);
line('score of the largest subnet', `${(again / 1000).toFixed(2)} s (bar: 2)`);
line('the same as the first score of a process', `${(first / 1000).toFixed(2)} s`);
line('score of a random subnet, median', `${(upperMedian(scored) / 1000).toFixed(2)} s`);
line('score of a random subnet, the slowest', `${(Math.max(...scored) / 1000).toFixed(2)} s`);
alone.dispose();
supernet.dispose();
