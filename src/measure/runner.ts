/** The measuring process: pinned to a core by its parent, it times one graph at a time and nothing else. */
import { messageOf } from '../base/index.js';
import type { NodeTime } from './attribute.js';
import { type MeasureReply, type MeasureRequest, isTargetName } from './protocol.js';
import type { OpenModel, Target } from './target.js';
import { typicalTime } from './timing.js';

const warmUpRuns = 3;
const leastRuns = 8;
const mostRuns = 400;

/** µs of each of the runs that fit into the time, at least `leastRuns` of them. */
async function timeRuns(model: OpenModel, seconds: number): Promise<number[]> {
  for (let i = 0; i < warmUpRuns; i++) await model.run();
  const samples: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (samples.length < leastRuns || (performance.now() < end && samples.length < mostRuns)) {
    const start = performance.now();
    await model.run();
    samples.push((performance.now() - start) * 1000);
  }
  return samples;
}

/** Typical µs of each node over the runs after the warm-up. Every run has the same nodes in the same order. */
function nodeTimes(runs: readonly (readonly NodeTime[])[]): NodeTime[] {
  const kept = runs.slice(warmUpRuns);
  return (kept[0] ?? []).map(({ node }, i) => ({
    node,
    us: typicalTime(kept.map((run) => run[i]?.us ?? 0)),
  }));
}

async function measure(target: Target, request: MeasureRequest): Promise<MeasureReply> {
  const { graph, seconds } = request;
  const plain = await target.open(graph, { profile: false });
  const samplesUs = await timeRuns(plain, seconds);
  await plain.close();
  if (!request.nodes) return { kind: 'measured', samplesUs, nodes: [] };
  const profiled = await target.open(graph, { profile: true });
  await timeRuns(profiled, seconds / 2);
  const nodes = nodeTimes(await profiled.close());
  return { kind: 'measured', samplesUs, nodes };
}

async function openTarget(name: string | undefined): Promise<Target> {
  if (!isTargetName(name)) throw new Error(`unknown target ${name}`);
  if (name === 'onnxruntime') return (await import('./onnxruntime.js')).onnxRuntimeTarget();
  return (await import('./tfjs.js')).tfjsTarget();
}

function reply(message: MeasureReply): void {
  process.send?.(message);
}

process.on('disconnect', () => process.exit(0));
try {
  const target = await openTarget(process.argv[2]);
  // Strictly one after the other: two graphs at once would disturb each other.
  let last = Promise.resolve();
  process.on('message', (request: MeasureRequest) => {
    last = last.then(async () => {
      try {
        reply(await measure(target, request));
      } catch (error) {
        reply({ kind: 'failed', reason: messageOf(error) });
      }
    });
  });
  reply({ kind: 'ready', runtime: target.runtime });
} catch (error) {
  reply({ kind: 'failed', reason: messageOf(error) });
}
