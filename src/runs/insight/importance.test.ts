import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { createRandom, packageRoot } from '../../base/index.js';
import { parseSpace } from '../../models/index.js';
import { type Sample, fewestTrials, importanceOf } from './importance.js';

const space = parseSpace(parseYaml(readFileSync(join(packageRoot(), 'spaces', 'cifar-small.yaml'), 'utf8')));

/** Random trials whose quality is `quality(genome)` and some noise. */
function samples(count: number, quality: (genome: Uint8Array) => number, noise: number): Sample[] {
  const random = createRandom('samples');
  return Array.from({ length: count }, () => {
    const genome = space.random(random);
    return { genome, quality: quality(genome) + noise * random.normal() };
  });
}

const gene = (name: string) => space.genes.findIndex((g) => g.name === name);

test('finds the choices that make the quality, beyond what chance gives, and the same each time', () => {
  const [width, depth] = [gene('stages.2.width'), gene('stages.1.depth')];
  const trials = samples(130, (g) => 2 * (g[width] as number) + (g[depth] as number), 0.3);
  const found = importanceOf(space, trials);
  if (found.state !== 'found') throw new Error(found.reason);
  expect(found.genes.slice(0, 2).map((g) => g.gene)).toEqual(['stages.2.width', 'stages.1.depth']);
  expect(found.genes[1]?.importance).toBeGreaterThan(found.chance);
  expect(found.explained).toBeGreaterThan(0.5);
  expect(importanceOf(space, trials)).toEqual(found);
});

test('finds a mix of kernels by how far it reaches', () => {
  const mix = gene('stages.1.0.mix');
  const reach = (label: string | number | undefined) => (String(label).includes('9') ? 1 : 0);
  const trials = samples(130, (g) => reach(space.genes[mix]?.values[g[mix] as number]), 0.1);
  const found = importanceOf(space, trials);
  expect(found.state === 'found' && found.genes[0]?.gene).toBe('stages.1.0.mix');
});

test('claims nothing of noise, of too few trials, or of trials that are all alike', () => {
  expect(
    importanceOf(
      space,
      samples(120, () => 0, 1),
    ).state,
  ).toBe('unclear');
  expect(
    importanceOf(
      space,
      samples(fewestTrials - 1, (g) => g[0] as number, 0),
    ),
  ).toMatchObject({
    state: 'unclear',
    reason: expect.stringContaining(`Only ${fewestTrials - 1} trials`),
  });
  expect(
    importanceOf(
      space,
      samples(50, () => 0.5, 0),
    ),
  ).toMatchObject({
    reason: expect.stringContaining('same accuracy'),
  });
});
