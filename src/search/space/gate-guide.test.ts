import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { gateMetrics, mixBlocksOf, parseSpace } from '../../models/index.js';
import { type Genome, mixnetSpace } from '../index.js';

const models = parseSpace({
  name: 'gated',
  resolution: 32,
  classes: 10,
  stem: { width: [16] },
  defaults: {
    expansion: [2],
    kernels: [3, 5, 7, 9],
    groups: [1, 2, 3],
    gate: ['soft'],
    split: ['equal', 'exponential'],
  },
  stages: [
    { width: [24], depth: [1, 2] },
    { width: [48], depth: [2] },
  ],
  head: { width: [0] },
});
const guided = mixnetSpace(models, undefined, 1);
const blind = mixnetSpace(models);
const mixOf = (genome: Genome, block: number) => {
  const { kernels } = mixBlocksOf(guided.decode(genome))[block] ?? { kernels: [] };
  return kernels;
};

/** Weights that all gates of a network have: the larger the kernel, the more, or the less. */
function valuesOf(genome: Genome, likes: (kernel: number) => number) {
  const architecture = guided.decode(genome);
  const means = mixBlocksOf(architecture).flatMap(({ kernels, gate }, i): [string, number[]][] => {
    const weights = kernels.map(likes);
    const total = weights.reduce((a, b) => a + b, 0);
    return gate === 'none' ? [] : [[`blocks.${i}.gate`, weights.map((weight) => weight / total)]];
  });
  return gateMetrics(architecture, Object.fromEntries(means));
}

test('a network whose gates want large kernels gets larger ones, and smaller ones where they want those', () => {
  const random = createRandom(1);
  for (const [likes, direction] of [
    [(kernel: number) => kernel, 1],
    [(kernel: number) => 1 / kernel, -1],
  ] as const) {
    let genome = guided.random(random);
    const mean = (g: Genome) => {
      const all = [0, 1, 2].flatMap((block) => mixOf(g, block));
      return all.reduce((sum, kernel) => sum + kernel, 0) / all.length;
    };
    let moved = 0;
    for (let i = 0; i < 200; i++) {
      genome = guided.random(random);
      moved += mean(guided.mutate(genome, random, valuesOf(genome, likes))) - mean(genome);
    }
    expect(moved * direction).toBeGreaterThan(20);
  }
});

test('a guided mutation changes the mix or the split of one gated block, and nothing else', () => {
  const random = createRandom(2);
  for (let i = 0; i < 200; i++) {
    const genome = guided.random(random);
    const values = valuesOf(genome, () => 1 + random.next());
    if (Object.keys(values).length === 0) continue;
    const child = guided.mutate(genome, random, values);
    expect(guided.canonical(child)).toEqual(child);
    const changed = guided.parameters.filter((_, gene) => genome[gene] !== child[gene]);
    const unit = changed[0]?.name.split('.').slice(0, -1).join('.');
    expect(changed.length).toBeGreaterThan(0);
    // A mix of fewer kernels closes the gate's and the split's genes of its own block.
    for (const { name } of changed) {
      expect(name.startsWith(`${unit}.`)).toBe(true);
      expect(name).toMatch(/\.(mix|split|gate)$/);
    }
  }
});

test('the kernel that is wanted least is never what is kept alone of two', () => {
  const random = createRandom(3);
  let seen = 0;
  for (let i = 0; i < 400; i++) {
    const genome = guided.random(random);
    const child = guided.mutate(
      genome,
      random,
      valuesOf(genome, (kernel) => kernel),
    );
    for (const block of [0, 1, 2]) {
      const [before, after] = [mixOf(genome, block), mixOf(child, block)];
      if (before.length !== 2 || after.length !== 1) continue;
      seen++;
      expect(after[0]).toBe(Math.max(...before));
    }
  }
  expect(seen).toBeGreaterThan(10);
});

test('without gates, or with those of another network, mutations are the blind ones', () => {
  const genome = blind.random(createRandom(4));
  const strange = { 'gate.0.11': 2, 'gate.7.3': 0.5 };
  for (let i = 0; i < 20; i++) {
    expect(
      mixnetSpace(models, undefined, 0).mutate(
        genome,
        createRandom(i),
        valuesOf(genome, (k) => k),
      ),
    ).toEqual(blind.mutate(genome, createRandom(i)));
    expect(guided.mutate(genome, createRandom(i), {})).not.toEqual(genome);
    expect(guided.mutate(genome, createRandom(i), strange)).not.toEqual(genome);
  }
});

test('gate weights are reported as 1 where they are even, and blocks without a gate are left out', () => {
  const random = createRandom(5);
  const genome = guided.random(random);
  const values = valuesOf(genome, () => 3);
  const gated = mixBlocksOf(guided.decode(genome)).filter(({ gate }) => gate === 'soft');
  const mixes = gated.map(({ kernels }) => kernels.length);
  expect(Object.keys(values).length).toBe(mixes.reduce((sum, n) => sum + n, 0));
  for (const value of Object.values(values)) expect(value).toBe(1);
  expect(gateMetrics(guided.decode(genome), {})).toEqual({});
});
