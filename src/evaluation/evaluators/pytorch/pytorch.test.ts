/**
 * Training in PyTorch, with the package in `python/`. What needs PyTorch runs where `MIXNAS_PYTHON`, or python3, has it, and
 * is skipped elsewhere.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom, packageRoot, readJsonFile } from '../../../base/index.js';
import { createEvaluator, evaluatorSchema } from '../index.js';
import {
  type Architecture,
  lower,
  parseArchitecture,
  referenceArchitecture,
  referenceNames,
  scaleTo,
} from '../../../models/index.js';
import {
  createNetwork,
  dataSpecSchema,
  decodeNetwork,
  encodeWeights,
  initialWeights,
  loadRuntime,
} from '../../../training/index.js';

const python = process.env['MIXNAS_PYTHON'] ?? 'python3';
const hasTorch = spawnSync(python, ['-c', 'import torch, safetensors, numpy, PIL']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'mixnas-pytorch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gatedNetwork = () =>
  parseArchitecture(readJsonFile(join(packageRoot(), 'tests/fixtures/gated.json'), 'bad-config'));
/** The same with groups that are weighed each by itself. */
const independentGates = () => {
  const { blocks, ...rest } = gatedNetwork();
  return parseArchitecture({
    ...rest,
    blocks: blocks.map((block) => ({ ...block, gateWeights: 'sigmoid' })),
  });
};
const dataset = dataSpecSchema.parse({ name: 'textures', size: 240, resolution: 16, classes: 4 });
const data = { dataset, splitSeed: 1 };
const specOf = (more: object) =>
  evaluatorSchema.parse({ name: 'pytorch', steps: 8, batchSize: 16, validation: 40, python, ...more });

describe('evaluator: pytorch', () => {
  it('says what is missing where Python has no PyTorch, or is not there', async () => {
    await expect(createEvaluator(specOf({ python: 'no-such-python' }), data)).rejects.toThrow(
      /evaluator.python: no-such-python has no PyTorch that works: it does not start/,
    );
    const broken = join(folder, 'python');
    writeFileSync(broken, '#!/bin/sh\necho "ModuleNotFoundError: No module named torch" >&2\nexit 1\n', {
      mode: 0o755,
    });
    await expect(createEvaluator(specOf({ python: broken }), data)).rejects.toThrow(/No module named torch/);
  });

  it('refuses what it does not do with gates, before anything starts', async () => {
    const wrong = (gates: object) => createEvaluator(specOf({ gates, python: 'no-such-python' }), data);
    await expect(wrong({ open: {} })).rejects.toThrow(
      'evaluator.gates.open is not known to the PyTorch trainer.',
    );
    await expect(wrong({ closing: 'rank' })).rejects.toThrow('evaluator.gates.closing: rank is not known');
  });
});

describe.skipIf(!hasTorch)('mixnas_torch', () => {
  const run = (code: string, ...args: string[]) => {
    const done = spawnSync(python, ['-c', code, ...args], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: join(packageRoot(), 'python'), OMP_NUM_THREADS: '1' },
    });
    expect(done.stderr).toBe('');
    return JSON.parse(done.stdout) as unknown;
  };

  it('gives the logits of our own networks, gates and reference models included', async () => {
    const runtime = await loadRuntime({ intraOpThreads: 1 });
    const names = [
      ...referenceNames.filter((name) => /mixnet-s|vit|shuffle|v4-conv-s|ghost/.test(name)),
      'gated',
      'independent',
    ];
    const cases = names.map((name) => {
      const own: Record<string, () => Architecture> = { gated: gatedNetwork, independent: independentGates };
      const architecture = own[name]?.() ?? referenceArchitecture(name);
      const graph = lower(scaleTo(architecture, { resolution: 32, classes: 4 }));
      const random = createRandom(name);
      const shaken = (key: string) => (x: number) =>
        key.endsWith('.variance') ? 0.5 + random.next() : x + 0.1 * random.normal();
      const weights = new Map(
        [...initialWeights(graph, name)].map(([key, { shape, data: values }]) => [
          key,
          { shape, data: values.map(shaken(key)) },
        ]),
      );
      const images = Float32Array.from({ length: 2 * 32 * 32 * 3 }, () => random.normal());
      const network = createNetwork(graph, runtime, { weights });
      const wanted = [...network.predict(runtime.tf.tensor4d(images, [2, 32, 32, 3])).dataSync()];
      network.dispose();
      const path = join(folder, `${name}.safetensors`);
      writeFileSync(path, encodeWeights(weights, {}));
      return { name, graph, path, images: [...images], wanted };
    });
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
    const found = run(
      `import json, sys, torch
from mixnas_torch import Network, load_weights
def logits(case):
    network = Network(case['graph']).eval()
    load_weights(network, case['path'])
    x = torch.tensor(case['images']).reshape(-1, 32, 32, 3).permute(0, 3, 1, 2)
    return network(x).flatten().tolist()
print(json.dumps([logits(case) for case in json.load(open(sys.argv[1]))]))`,
      join(folder, 'cases.json'),
    ) as number[][];
    cases.forEach(({ name, wanted }, i) => {
      const range = Math.max(...wanted) - Math.min(...wanted);
      const largest = Math.max(...wanted.map((value, k) => Math.abs(value - (found[i]?.[k] as number))));
      expect({ name, close: largest / range < 1e-4 }).toEqual({ name, close: true });
    });
  });

  it('trains in parts as in one piece, and leaves weights that we read', async () => {
    const architecture = scaleTo(gatedNetwork(), { resolution: 16, classes: 4 });
    const evaluator = await createEvaluator(specOf({ averaging: 0.9, device: 'cpu' }), data);
    const [save, weightsPath] = [join(folder, 'part'), join(folder, 'trained.safetensors')];
    const job = { trial: 0, architecture, seed: 's/0' };
    const whole = await evaluator.evaluate({ ...job, weightsPath }, () => {});
    const first = await evaluator.evaluate({ ...job, part: { from: 0, until: 5, save } }, () => {});
    const second = await evaluator.evaluate({ ...job, part: { from: 5, until: 8, load: save } }, () => {});
    await evaluator.close?.();
    expect([whole.state, first.state, second.state]).toEqual(['complete', 'complete', 'complete']);
    if (whole.state !== 'complete' || second.state !== 'complete') return;
    expect(second.values).toEqual(whole.values);
    expect(Object.keys(whole.values).some((name) => name.startsWith('gate.0.'))).toBe(true);
    expect(decodeNetwork(readFileSync(weightsPath), weightsPath).architecture.classes).toBe(4);
  });
});
