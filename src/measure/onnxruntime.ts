/** ONNX Runtime's CPU provider with one thread, from the binary inside the onnxruntime-node package. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { MixnasError, createRandom, readJsonFile, sizeLimits } from '../base/index.js';
import { encodeOnnx, randomWeights } from '../formats/index.js';
import type { LayerGraph } from '../models/index.js';
import type { NodeTime } from './attribute.js';
import { runtimeNames } from './describe.js';
import type { Target } from './target.js';

const profileEvents = z.array(
  z.object({ cat: z.string(), name: z.string(), dur: z.number(), ts: z.number() }).partial({ dur: true }),
);
const nodeSuffix = '_kernel_time';

/** The runs in a profile: each begins with an event of the session. */
function parseProfile(data: unknown): NodeTime[][] {
  const runs: NodeTime[][] = [];
  const events = profileEvents.parse(data).toSorted((a, b) => a.ts - b.ts);
  for (const { cat, name, dur } of events) {
    if (cat === 'Session' && name === 'model_run') runs.push([]);
    if (cat !== 'Node' || !name.endsWith(nodeSuffix) || dur === undefined) continue;
    runs.at(-1)?.push({ node: name.slice(0, -nodeSuffix.length), us: dur });
  }
  return runs.filter((run) => run.length > 0);
}

/** An image that is not constant, in NCHW. */
function testImage(graph: LayerGraph): { data: Float32Array; dims: number[] } {
  const [height, width, channels] = graph.ops[0]?.shape ?? [1, 1, 1];
  const random = createRandom('image');
  const data = Float32Array.from({ length: height * width * channels }, () => random.next() - 0.5);
  return { data, dims: [1, channels, height, width] };
}

const notInstalled =
  'onnxruntime-node is not installed; run `npm install --ignore-scripts onnxruntime-node` next to mixnas';

/** @throws MixnasError `no-backend` when the package is not installed, Error when its binary does not load here. */
export async function onnxRuntimeTarget(): Promise<Target> {
  const ort = await import('onnxruntime-node').catch((error: unknown) => {
    // An optional peer: as a dependency of ours, its install script would download CUDA's libraries for everybody.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new MixnasError('no-backend', notInstalled, { cause: error });
  });
  const manifest = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return {
    runtime: { name: runtimeNames.onnxruntime, version: manifest.version },
    async open(graph, { profile }) {
      const folder = profile ? mkdtempSync(join(tmpdir(), 'mixnas-profile-')) : undefined;
      const bytes = encodeOnnx(graph, randomWeights(graph, createRandom(graph.name)), { batch: 1 });
      const session = await ort.InferenceSession.create(bytes, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        ...(folder ? { enableProfiling: true, profileFilePrefix: join(folder, 'p') } : {}),
      });
      const { data, dims } = testImage(graph);
      const feeds = { image: new ort.Tensor('float32', data, dims) };
      return {
        async run() {
          await session.run(feeds);
        },
        async close() {
          if (folder) session.endProfiling();
          await session.release();
          if (!folder) return [];
          const [file] = readdirSync(folder);
          const limit = sizeLimits.trace;
          const runs = file
            ? parseProfile(readJsonFile(join(folder, file), 'failed', { own: true, limit }))
            : [];
          rmSync(folder, { recursive: true, force: true });
          return runs;
        },
      };
    },
  };
}
