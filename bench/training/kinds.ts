/**
 * Where a training step's time goes: each op of a network by itself, forward and both gradients, added up by kind, compared
 * with what one core multiplies at most. One core, batch as in the benchmark.
 *
 * Times are processor time, so other work on the machine hardly counts. An op is timed in a tiny network, image - op - mean - classifier, less the same without it. An op behind an
 * activation has a gradient by its input too, as in the network.
 */
import { createRandom } from '../../src/base/index.js';
import { type LayerGraph, type Op, countCost } from '../../src/models/index.js';
import { createTrainer, loadRuntime } from '../../src/training/index.js';

/** Time and work of all ops of a kind in one step. */
export interface KindTime {
  readonly kind: string;
  readonly ops: number;
  readonly seconds: number;
  /** Multiply-adds of forward and both gradients, twice that in operations. */
  readonly macs: number;
}

type Shape = readonly [number, number, number];

/** image - act - (op) - mean - classifier. */
function single(shape: Shape, op: Op | undefined): LayerGraph {
  const common = { block: undefined };
  const ops: object[] = [
    { ...common, id: 0, name: 'image', kind: 'input', inputs: [], shape },
    { ...common, id: 1, name: 'act', kind: 'activation', activation: 'relu', inputs: [0], shape },
  ];
  if (op) ops.push({ ...op, block: undefined, id: 2, inputs: [1], skip: undefined });
  const last = ops.length - 1;
  const channels = (op?.shape ?? shape)[2];
  ops.push({ ...common, id: last + 1, name: 'mean', kind: 'mean', inputs: [last], shape: [1, 1, channels] });
  ops.push({
    ...common,
    id: last + 2,
    name: 'classifier',
    kind: 'dense',
    inputs: [last + 1],
    shape: [1, 1, 10],
  });
  return { resolution: shape[0], classes: 10, ops } as unknown as LayerGraph;
}

/** Of this process: on a busy machine the clock says little, and it has one thread. */
const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Ops of these kinds are timed; the others (slices, sums, means) are what is left of a step. */
const timed = new Set(['conv2d', 'depthwiseConv2d', 'batchNorm', 'activation', 'dense']);

const labelOf = (op: Op) =>
  op.kind === 'conv2d'
    ? `${op.kernel}x${op.kernel} convolution`
    : op.kind === 'depthwiseConv2d'
      ? 'depthwise'
      : op.kind;

/**
 * Times the kinds of a network's ops, and whole steps of it.
 * @param seconds for each op.
 */
export async function timeKinds(
  graph: LayerGraph,
  { batch, seconds }: { readonly batch: number; readonly seconds: number },
): Promise<{ readonly kinds: readonly KindTime[]; readonly step: number; readonly peakGflops: number }> {
  const runtime = await loadRuntime({ intraOpThreads: 1 });
  const { tf } = runtime;
  const random = createRandom(1);
  const optimizer = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 } as const;

  function secondsOf(graph: LayerGraph): number {
    const shape = (graph.ops[0] as Op).shape;
    const images = Float32Array.from({ length: batch * shape[0] * shape[1] * shape[2] }, () =>
      random.normal(),
    );
    const targets = new Float32Array(batch * graph.classes).fill(1 / graph.classes);
    const trainer = createTrainer(graph, runtime, { optimizer });
    const step = (seed: number) =>
      trainer.step({ images, targets, count: batch }, { learningRate: 0.01, statistics: 0.1, seed });
    for (let warmUp = 0; warmUp < 3; warmUp++) step(warmUp);
    const started = processorSeconds();
    let steps = 0;
    while (processorSeconds() - started < seconds || steps < 3) step(steps++);
    const own = (processorSeconds() - started) / steps;
    trainer.dispose();
    return own;
  }

  const empty = new Map<string, number>();
  const known = new Map<string, number>();
  const sums = new Map<string, { ops: number; seconds: number; macs: number }>();
  for (const op of graph.ops) {
    if (!timed.has(op.kind) || op.name.includes('.se.')) continue;
    const input = graph.ops[op.inputs[0] as number] as Op;
    const shape = input.shape;
    if (shape[0] === 1) continue;
    const { id: _, name: __, inputs: ___, block: ____, ...rest } = op;
    const key = JSON.stringify([shape, rest]);
    const without = empty.get(shape.join()) ?? secondsOf(single(shape, undefined));
    empty.set(shape.join(), without);
    const own = known.get(key) ?? Math.max(0, secondsOf(single(shape, op)) - without);
    known.set(key, own);
    const label = labelOf(op);
    const sum = sums.get(label) ?? { ops: 0, seconds: 0, macs: 0 };
    // Forward, by the input and by the weights.
    const macs = 3 * batch * countCost(graph, ({ id }) => id === op.id).macs;
    sums.set(label, { ops: sum.ops + 1, seconds: sum.seconds + own, macs: sum.macs + macs });
  }
  const kinds = [...sums].map(([kind, sum]) => ({ kind, ...sum })).toSorted((a, b) => b.seconds - a.seconds);
  return { kinds, step: secondsOf(graph), peakGflops: peak() };

  /** What a large matrix product reaches on this core. */
  function peak(): number {
    const size = 1024;
    const times: number[] = [];
    tf.tidy(() => {
      const [a, b] = [tf.randomNormal([size, size]), tf.randomNormal([size, size])];
      for (let i = 0; i < 6; i++) {
        const started = processorSeconds();
        tf.matMul(a, b).dataSync();
        times.push(processorSeconds() - started);
      }
    });
    return (2 * size ** 3) / Math.min(...times) / 1e9;
  }
}

/** The times as lines of text. */
export function kindLines({
  kinds,
  step,
  peakGflops,
}: Awaited<ReturnType<typeof timeKinds>>): readonly string[] {
  const ms = (seconds: number) => (1000 * seconds).toFixed(1).padStart(8);
  const rest = step - kinds.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    `  a step takes ${ms(step).trim()} ms of one core; a matrix product reaches ${peakGflops.toFixed(0)} GFLOP/s`,
    ...kinds.map(({ kind, ops, seconds, macs }) => {
      const rate = (2 * macs) / Math.max(seconds, 1e-9) / 1e9;
      const work =
        macs > 0 ? `${rate.toFixed(1)} GFLOP/s, ${((100 * rate) / peakGflops).toFixed(0)} % of it` : '';
      return `  ${kind.padEnd(18)} ${String(ops).padStart(3)} ops ${ms(seconds)} ms ${((100 * seconds) / step).toFixed(0).padStart(4)} %   ${work}`;
    }),
    `  ${'all else'.padEnd(18)}         ${ms(rest)} ms ${((100 * rest) / step).toFixed(0).padStart(4)} %   (optimizer, feeding, slices, squeeze-and-excitation; below 0 where ops are fused)`,
  ];
}
