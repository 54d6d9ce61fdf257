/**
 * Whether a network with the same weights gives the same outputs in our trainer and in PyTorch: every reference model, and
 * 20 random networks of each space.
 *
 *     MIXNAS_PYTHON=... npm run study:outputs [-- --each 20 --out studies/trainers]
 *
 * Continues where it was interrupted. Answers are kept in `outputs.jsonl` of `--out`, the page in `outputs.md`; the exit code is 1 where
 * outputs differ by more than they may.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { loadSpace, spaceNames } from '../../src/app/config/spaces.js';
import { createRandom, defaultPython, packageRoot } from '../../src/base/index.js';
import {
  type Architecture,
  lower,
  referenceArchitecture,
  referenceNames,
  scaleTo,
} from '../../src/models/index.js';
import { createNetwork, encodeWeights, initialWeights, loadRuntime } from '../../src/training/index.js';
import { readAnswers } from '../shared/tasks.js';

/** Of the range of a network's outputs. */
const allowed = 1e-4;
const at = { resolution: 32, classes: 10 };
const batch = 2;

const { values } = parseArgs({
  options: {
    each: { type: 'string', default: '20' },
    out: { type: 'string', default: join(packageRoot(), 'studies/trainers') },
  },
});

/** Networks by name, each in the group that it is counted in. */
function* networks(): Generator<{ group: string; name: string; architecture: Architecture }> {
  for (const name of referenceNames)
    yield { group: 'reference models', name, architecture: referenceArchitecture(name) };
  for (const group of spaceNames()) {
    const space = loadSpace(group);
    const random = createRandom(`outputs/${group}`);
    for (let i = 0; i < Number(values.each); i++)
      yield { group, name: `${group} ${i}`, architecture: space.decode(space.random(random)) };
  }
}

const program = `import json, sys, torch
from mixnas_torch import Network, load_weights
for line in sys.stdin:
    case = json.loads(line)
    network = Network(case['graph']).eval()
    load_weights(network, case['path'])
    x = torch.tensor(case['images']).reshape(${batch}, ${at.resolution}, ${at.resolution}, -1).permute(0, 3, 1, 2)
    with torch.no_grad():
        print(json.dumps(network(x).flatten().tolist()), flush=True)
`;

const folder = mkdtempSync(join(tmpdir(), 'mixnas-outputs-'));
const python = spawn(defaultPython(), ['-c', program], {
  env: { ...process.env, PYTHONPATH: join(packageRoot(), 'python'), OMP_NUM_THREADS: '1' },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
const runtime = await loadRuntime({ intraOpThreads: 1 });

/** What begins the same in every network: offsets, scales, statistics, and a classifier of zeros. */
const isStill = (shape: readonly number[], data: Float32Array) =>
  shape.length === 1 || data.every((x) => x === 0);

/** The largest difference of an output, as a share of their range. */
async function differenceOf(name: string, architecture: Architecture): Promise<number> {
  const graph = lower(scaleTo(architecture, at));
  const random = createRandom(name);
  // Offsets, scales and statistics away from where a start puts them, so that each of them counts. Weights are random as
  // they are: larger ones make deep networks that amplify the rounding of float32 itself.
  const shaken = (key: string) => (x: number) =>
    key.endsWith('.variance') ? 0.5 + random.next() : x + 0.1 * random.normal();
  const weights = new Map(
    [...initialWeights(graph, name)].map(([key, { shape, data }]) => [
      key,
      { shape, data: isStill(shape, data) ? data.map(shaken(key)) : data },
    ]),
  );
  const images = Float32Array.from({ length: batch * at.resolution ** 2 * 3 }, () => random.normal());
  const network = createNetwork(graph, runtime, { weights });
  const ours = [
    ...network.predict(runtime.tf.tensor4d(images, [batch, at.resolution, at.resolution, 3])).dataSync(),
  ];
  network.dispose();
  const path = join(folder, 'weights.safetensors');
  writeFileSync(path, encodeWeights(weights, {}));
  python.stdin.write(`${JSON.stringify({ graph, path, images: [...images] })}\n`);
  const { value, done } = await lines.next();
  if (done === true) throw new Error(`PyTorch ended at ${name}`);
  const theirs = JSON.parse(value) as number[];
  const range = Math.max(...ours) - Math.min(...ours);
  return Math.max(...ours.map((x, i) => Math.abs(x - (theirs[i] as number)))) / range;
}

const path = join(values.out, 'outputs.jsonl');
const answers = readAnswers<{ readonly difference: number }>(path);
const groups = new Map<string, { readonly name: string; readonly difference: number }[]>();
for (const { group, name, architecture } of networks()) {
  const difference = answers.get(name)?.difference ?? (await differenceOf(name, architecture));
  if (!answers.has(name)) appendFileSync(path, `${JSON.stringify({ key: name, difference })}\n`);
  groups.set(group, [...(groups.get(group) ?? []), { name, difference }]);
}
python.stdin.end();
await once(python, 'exit');
rmSync(folder, { recursive: true });

const rows = [...groups].map(([group, all]) => {
  const worst = all.reduce((most, one) => (one.difference > most.difference ? one : most));
  return `| ${group} | ${all.length} | ${worst.difference.toExponential(1)} | ${worst.name} |`;
});
const above = [...groups.values()].flat().filter(({ difference }) => !(difference <= allowed));
const page = `# The same weights in both trainers

\`npm run study:outputs -- --each ${values.each}\`

Outputs of our trainer and of \`python/mixnas_torch\` on ${batch} random images of ${at.resolution}x${at.resolution}, with the weights that a
training begins with, and offsets, scales and running statistics drawn at random.
Given is the largest difference of an output as a share of the network's range of outputs; ${allowed} is allowed.

| networks | number | largest difference | of |
| --- | ---: | ---: | --- |
${rows.join('\n')}

${above.length === 0 ? 'None is above.' : `Above: ${above.map(({ name }) => name).join(', ')}.`}
`;
writeFileSync(join(values.out, 'outputs.md'), page);
console.log(page);
process.exitCode = above.length === 0 ? 0 : 1;
