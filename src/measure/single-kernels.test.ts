import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../base/index.js';
import { kernelKey, mapKernels } from '../hardware/index.js';
import { parseSpace } from '../models/index.js';
import { targetRules } from './describe.js';
import { drawNetworks, planGraph } from './plan.js';
import { piecesOf, planKernels } from './single-kernels.js';

const path = join(packageRoot(), 'spaces', 'cifar-small.yaml');
const space = parseSpace(parse(readFileSync(path, 'utf8')), 'cifar-small');
const rules = targetRules('onnxruntime');
const members = (count: number) =>
  drawNetworks([space], { count, resolutions: [], random: createRandom('members') });

test('the graph of a kernel alone is mapped to that kernel, and to nothing else', () => {
  const ops = new Set<string>();
  for (const network of members(4)) {
    for (const { kernel, graph } of piecesOf(planGraph(network), rules)) {
      const piece = graph('alone');
      // An addition reads a second image.
      if (piece === undefined) {
        expect(kernel.fused).toBeGreaterThan(0);
        continue;
      }
      ops.add(kernel.op);
      expect(piece.ops.map((op) => op.id)).toEqual([...piece.ops.keys()]);
      expect(mapKernels(piece, rules).map(kernelKey)).toEqual([kernelKey(kernel)]);
    }
  }
  expect([...ops].sort()).toEqual(['conv', 'dense', 'depthwise', 'mean']);
});

test('kernels are planned that members hold and the measured networks do not, by the seed, each once, then some that both hold', () => {
  const plan = members(3);
  const kernels = (seed: number) =>
    planKernels([space], rules, plan, { count: 12, resolutions: [], random: createRandom(seed) });
  const names = kernels(1).map(({ name }) => name);
  expect(new Set(names).size).toBe(16);
  expect(kernels(1).map(({ name }) => name)).toEqual(names);
  const held = new Set(plan.flatMap((network) => mapKernels(planGraph(network), rules).map(kernelKey)));
  kernels(1).forEach((planned, i) => {
    expect(planned.held).toBe(i >= 12);
    expect(held.has(kernelKey(planned.kernel))).toBe(planned.held);
  });
});
