import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { encodeWeights } from '../../training/index.js';
import { loadPytorch } from '../check/index.js';
import { interpret } from '../interpret/index.js';
import { lowerNetwork, targetOptions } from '../lower/index.js';
import { featureArchitectures, gatedArchitecture } from '../test-helpers/features.js';
import { relativeDifference, someData, someImage, someWeights } from '../test-helpers/networks.js';
import { pytorchProgram } from './source.js';

const all = Object.entries({ ...featureArchitectures, gates: gatedArchitecture });
const examples = all.map(([name, architecture]) => {
  const random = createRandom(`pytorch ${name}`);
  const weights = someWeights(architecture, random);
  const image = someImage(architecture, random);
  const graph = lowerNetwork(architecture, weights, someData, targetOptions('any'));
  return { name, architecture, image, graph, program: pytorchProgram(graph) };
});

test('programs are sound Python that imports torch alone, with a class a block and each weight once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-python-'));
  try {
    for (const [i, { program, architecture }] of examples.entries()) {
      writeFileSync(join(folder, `model${i}.py`), program.source);
      const imports = program.source.split('\n').filter((line) => /^(import|from) /.test(line));
      expect(imports.every((line) => /^(import|from) (json|struct|pathlib|torch)\b/.test(line))).toBe(true);
      for (const block of architecture.blocks.keys())
        expect(program.source).toContain(`class Block${block}(nn.Module):`);
      for (const name of program.weights.keys()) {
        const attribute = name.replace(/^(stem|head|blocks\.\d+)\./, '').replace(/\.(weight|bias)$/, '');
        expect(program.source).toContain(`self.${attribute} = `);
      }
    }
    const files = examples.map((_, i) => join(folder, `model${i}.py`));
    execFileSync('python3', ['-m', 'py_compile', ...files]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('where Python has torch, programs compute what the graph says; else there is no runtime', async () => {
  const runtime = await loadPytorch();
  // Python loads torch again for each.
  const some = examples.filter(({ name }) => name === 'transformers' || name === 'gates');
  for (const { program, graph, image, architecture } of runtime ? some : []) {
    const files = [
      { name: 'model.py', bytes: new TextEncoder().encode(program.source) },
      { name: 'weights.safetensors', bytes: encodeWeights(program.weights) },
    ];
    const size = { resolution: architecture.resolution, channels: architecture.inputChannels };
    const [first, second] = (await runtime?.logits(files, [image, image.map((v) => v + 1)], size)) ?? [];
    expect(relativeDifference(first ?? [], interpret(graph, image))).toBeLessThan(1e-4);
    expect(second?.every(Number.isFinite)).toBe(true);
  }
  expect(runtime?.name ?? 'none').toMatch(/^(PyTorch \d|none$)/);
});
