import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../base/index.js';
import { kernelKey, mapKernels } from '../hardware/index.js';
import { parseSpace } from '../models/index.js';
import { targetRules } from './describe.js';
import { type PlannedNetwork, coverNetworks, drawNetworks, planGraph } from './plan.js';

const load = (name: string) => {
  const path = join(packageRoot(), 'spaces', `${name}.yaml`);
  return parseSpace(parse(readFileSync(path, 'utf8')), name);
};
const spaces = [load('cifar-small'), load('mixnet-imagenet')];
const rules = targetRules('onnxruntime');
const draw = (seed: number, without: ReadonlySet<string> = new Set()) =>
  drawNetworks(spaces, { count: 12, resolutions: [224], random: createRandom(seed), without });
const names = (plan: readonly PlannedNetwork[]) => plan.map((network) => network.name);

test('networks come in turn from each space and size, by the seed, each once', () => {
  const plan = draw(1);
  expect(names(draw(1))).toEqual(names(plan));
  expect(names(draw(2))).not.toEqual(names(plan));
  expect(new Set(names(plan)).size).toBe(12);
  expect(plan.slice(0, 3).map((network) => network.resolution)).toEqual([32, 224, 224]);
});

test('networks that a profile was fitted to are not drawn', () => {
  const seen = new Set(names(draw(1)));
  for (const name of names(draw(1, seen))) expect(seen.has(name)).toBe(false);
});

test('a plan that covers holds more kernels than as many random networks', () => {
  const options = { count: 8, resolutions: [], random: createRandom(3) };
  const [space] = spaces as [(typeof spaces)[0]];
  const kernels = (plan: readonly PlannedNetwork[]) =>
    new Set(plan.flatMap((network) => mapKernels(planGraph(network), rules).map(kernelKey))).size;
  const covering = kernels(coverNetworks([space], rules, options));
  expect(covering).toBeGreaterThan(1.2 * kernels(drawNetworks([space], options)));
});
