import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { lower } from '../../models/index.js';
import { ablate } from './ablate.js';
import { atEqualLatency, equalProfiles, widthsFor } from './equal.js';
import { comparisons } from './plan.js';
import { bestGroups, deviationOf, difference, findings } from './report.js';

const folders: string[] = [];
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'ablate-')));
  return folders.at(-1) as string;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('the comparisons', () => {
  const all = comparisons({ resolution: 32, classes: 10 });

  test('are networks that can be built, and differ within each comparison', () => {
    for (const { variants } of all) {
      const graphs = variants.map(({ architecture }) => JSON.stringify(lower(architecture).ops));
      expect(new Set(graphs).size).toBe(variants.length);
    }
  });

  test('dilated convolution kernels cover what the large ones cover', () => {
    const [large, dilated] = (all.find(({ name }) => name === 'dilation')?.variants ?? []).map(
      ({ architecture }) =>
        lower(architecture).ops.flatMap((op) =>
          op.kind === 'depthwiseConv2d' && op.stride === 1 ? [(op.kernel - 1) * op.dilation + 1] : [],
        ),
    );
    expect(large).not.toEqual([]);
    expect(dilated).toEqual(large);
  });
});

describe('comparisons at equal latency', () => {
  const all = comparisons({ resolution: 32, classes: 10 }).filter(({ name }) =>
    ['kernels', 'dilation', 'gate'].includes(name),
  );

  test.each(equalProfiles)('take the same time on %s, and remain what they compare', (profile) => {
    for (const [i, { variants, name }] of atEqualLatency(all, profile).entries()) {
      expect(name).toBe(`${all[i]?.name} on ${profile}`);
      const first = variants[0] as (typeof variants)[number];
      for (const { latencyMs, architecture, name: variant } of variants) {
        expect(Math.abs(latencyMs / first.latencyMs - 1), `${name}, ${variant}`).toBeLessThan(0.03);
        expect(architecture.blocks).toHaveLength(5);
      }
      const kernels = (one: { readonly architecture: { readonly blocks: readonly object[] } } | undefined) =>
        one?.architecture.blocks.map((block) => 'kernels' in block && block.kernels);
      expect(variants.map(kernels)).toEqual(all[i]?.variants.map(kernels));
    }
  });

  test('a wider network takes the place of a faster one, a narrower that of a slower', () => {
    const width = (latency: number) =>
      widthsFor(all[0]?.variants[0]?.architecture as never, latency, ({ blocks }) =>
        blocks.reduce((sum, block) => sum + ('out' in block ? block.out : 0), 0),
      ).blocks.map((block) => 'out' in block && block.out);
    expect(width(144)).toEqual([16, 24, 24, 40, 40]);
    expect(width(288)).toEqual([32, 48, 48, 80, 80]);
    expect(width(72)).toEqual([8, 12, 12, 20, 20]);
  });
});

describe('what is said of the figures', () => {
  test('deviation and paired difference, by hand', () => {
    expect(deviationOf([1, 3])).toBeCloseTo(Math.SQRT2, 12);
    const { mean, error, clear } = difference([0.5, 0.7], [0.4, 0.5]);
    expect(mean).toBeCloseTo(0.15, 12);
    expect(error).toBeCloseTo(0.05, 12);
    expect(clear).toBe(true);
    expect(difference([0.5, 0.7], [0.6, 0.5]).clear).toBe(false);
  });

  test('a small difference is called none', () => {
    const variant = (name: string, ...accuracies: number[]) => ({ name, accuracies, params: 1, macs: 1 });
    const comparison = { name: 'c', title: 'C', claim: undefined };
    const said = findings({
      ...comparison,
      variants: [variant('a', 0.5, 0.5), variant('b', 0.6, 0.61), variant('c', 0.45, 0.56)],
    });
    expect(said[0]).toBe('b against a: +10.50 ± 0.50 points');
    expect(said[1]).toContain('no clear difference');
  });

  test('the best number of groups is the most accurate among the fast ones', () => {
    const variants = [0.5, 0.6, 0.9].map((accuracy, i) => ({
      name: `${i}`,
      params: 1,
      macs: 1,
      accuracies: [accuracy],
    }));
    const device = { name: 'd', measured: true };
    expect(bestGroups({ ...device, latencyMs: [1, 1.05, 2] }, variants)).toBe(2);
    expect(bestGroups({ ...device, latencyMs: [1, 1.05, 1.1] }, variants)).toBe(3);
    expect(bestGroups({ ...device, latencyMs: [1, 2, 3] }, variants)).toBe(1);
  });
});

test('an interrupted ablation resumes, and trains nothing twice', async () => {
  const out = folder();
  const trained: string[] = [];
  const options = {
    only: ['split'],
    data: { name: 'textures', size: 800, classes: 4, resolution: 16 } as const,
    steps: 1,
    seeds: 1,
    workers: 1,
    out,
    hostSeconds: 0,
    onProgress: ({ variant }: { variant: string }) => trained.push(variant),
  };
  await expect(ablate({ ...options, only: ['splits'] })).rejects.toThrow('There is no comparison splits.');
  const first = await ablate(options);
  expect(trained).toEqual(['equal', 'exponential']);
  const path = join(out, 'ablation.jsonl');
  const [line] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${line}\n{"key": "to`);
  trained.length = 0;
  const second = await ablate(options);
  expect(trained).toHaveLength(1);
  expect(second.comparisons).toEqual(first.comparisons);
  expect(readFileSync(join(out, 'ablation.md'), 'utf8')).toContain('No clear winner');
}, 120_000);
