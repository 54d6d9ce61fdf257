import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import { architectureHash, mixBlocksOf, parseArchitecture } from '../architecture.js';
import { lower } from '../lower.js';
import universal from './fixtures/universal.json' with { type: 'json' };
import wide from './fixtures/wide.json' with { type: 'json' };
import { parseSpace } from './space.js';

const space = parseSpace(wide);
const genomeOf = (key: string) => Buffer.from(key, 'base64url');

const subset = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });

/** Spaces of a few hundred architectures at most, with every kind of condition between genes. */
const anyTinySpace = fc
  .record({
    stem: fc.record({ width: subset(8, 16), stride: subset(1, 2) }),
    stage: fc.record({
      depth: subset(1, 2),
      width: subset(24, 32),
      stride: fc.constantFrom(1, 2),
      kernels: subset(1, 3, 5),
      dilations: subset(1, 2),
      groups: fc.constantFrom([1], [1, 3], [1, 2]),
      expansion: subset(1, 2),
      expandGroups: subset(1, 2),
    }),
    split: subset('equal', 'exponential'),
    gate: subset('none', 'soft'),
    head: fc.record({ width: subset(0, 64), activation: subset('relu', 'swish') }),
  })
  .map(({ stem, stage, split, gate, head }) =>
    parseSpace({
      name: 'tiny',
      resolution: 8,
      classes: 2,
      stem,
      defaults: { split, gate },
      stages: [stage, { width: [40], depth: [1], kernels: [3, 5], groups: [1, 2], expansion: [2] }],
      head,
    }),
  )
  .filter((tiny) => tiny.size <= 3000n);

/** Stages of inverted residuals; and stages of several kinds of block. */
describe.each([
  { name: 'wide', space },
  { name: 'universal', space: parseSpace(universal) },
])('$name', ({ space }) => {
  /** Any indices, those of closed genes too. */
  const anyGenome = fc.tuple(...space.genes.map((gene) => fc.nat(gene.values.length - 1)));

  test('every genome is an architecture that parses as it is, and lowers', () => {
    fc.assert(
      fc.property(anyGenome, (genome) => {
        const architecture = space.decode(genome);
        expect(parseArchitecture(architecture)).toEqual(architecture);
        expect(lower(architecture).ops.at(-1)?.shape).toEqual([1, 1, 7]);
      }),
    );
  });

  test('encoding what was decoded gives the canonical genome', () => {
    fc.assert(
      fc.property(anyGenome, (genome) => {
        expect(space.encode(space.decode(genome))).toEqual(space.canonical(genome));
      }),
    );
  });

  test('canonical genomes stay as they are, and mean what the genome meant', () => {
    fc.assert(
      fc.property(anyGenome, (genome) => {
        const canonical = space.canonical(genome);
        expect(space.canonical(canonical)).toEqual(canonical);
        expect(space.decode(canonical)).toEqual(space.decode(genome));
      }),
    );
  });

  test('exactly the active genes make a difference', () => {
    fc.assert(
      fc.property(anyGenome, fc.nat(), (genome, pick) => {
        const canonical = space.canonical(genome);
        const gene = pick % genome.length;
        const changed = canonical.slice();
        const count = space.genes[gene]?.values.length ?? 0;
        changed[gene] = ((changed[gene] ?? 0) + 1) % count;
        const differs = architectureHash(space.decode(changed)) !== architectureHash(space.decode(canonical));
        expect(differs).toBe(space.isActive(genome, gene));
      }),
    );
  });

  test('keys agree exactly when architectures do, and hold the genome', () => {
    fc.assert(
      fc.property(anyGenome, anyGenome, (a, b) => {
        const same = architectureHash(space.decode(a)) === architectureHash(space.decode(b));
        expect(space.key(a) === space.key(b)).toBe(same);
        expect(space.decode(genomeOf(space.key(a)))).toEqual(space.decode(a));
      }),
    );
  });

  test('random genomes are canonical and repeat with the seed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const genome = space.random(createRandom(seed));
        expect(space.canonical(genome)).toEqual(genome);
        expect(space.random(createRandom(seed))).toEqual(genome);
      }),
    );
  });

  test('neighbours are other indices in range; of a number, the next smaller and larger', () => {
    space.genes.forEach((gene, g) => {
      gene.values.forEach((_, value) => {
        const near = space.neighbours(g, value);
        const next = [value - 1, value + 1].filter((i) => i in gene.values);
        expect(near.length).toBeGreaterThan(0);
        expect(near.every((i) => i in gene.values && i !== value)).toBe(true);
        expect(gene.ordered ? near : next).toEqual(next);
      });
    });
  });
});

test('random genomes are uniform in depth and in the number of kernels', () => {
  const random = createRandom(1);
  const drawn = Array.from({ length: 4000 }, () => space.decode(space.random(random)));
  const share = (holds: (architecture: (typeof drawn)[number]) => boolean) =>
    drawn.filter(holds).length / drawn.length;
  for (const groups of [1, 2, 3, 4])
    expect(share((a) => mixBlocksOf(a)[0]?.kernels.length === groups)).toBeCloseTo(1 / 4, 1);
  expect(share((a) => mixBlocksOf(a).filter((b) => b.out < 24).length === 3)).toBeCloseTo(1 / 2, 1);
});

test('the size is the number of genomes enumerated, and those are distinct architectures', () => {
  fc.assert(
    fc.property(anyTinySpace, (tiny) => {
      const genomes = [...tiny.enumerate()];
      expect(BigInt(genomes.length)).toBe(tiny.size);
      const hashes = new Set(genomes.map((genome) => architectureHash(tiny.decode(genome))));
      expect(hashes.size).toBe(genomes.length);
      for (const genome of genomes) expect(tiny.canonical(genome)).toEqual(genome);
    }),
    { numRuns: 30 },
  );
});

test('the size is what one counts by hand', () => {
  const tiny = parseSpace({
    name: 'tiny',
    resolution: 8,
    classes: 2,
    stem: { width: [8] },
    stages: [
      {
        // Mixes: 3, 5, 7 alone, and 3+5+7 in two splits: 5. Depth 1 or 2: 5 + 25.
        depth: [1, 2],
        width: [8, 16],
        kernels: [3, 5, 7],
        groups: [1, 3],
        split: ['equal', 'exponential'],
        expansion: [2],
      },
    ],
    head: { width: [0] },
  });
  expect(tiny.size).toBe(2n * (5n + 25n));
});

test('an architecture outside the space has no genome', () => {
  const inside = space.decode(space.random(createRandom(3)));
  const [first, ...rest] = inside.blocks;
  if (!first) throw new Error('a network without blocks');
  const outside = [
    { ...inside, stem: { ...inside.stem, out: 10 } },
    { ...inside, blocks: [{ ...first, kernels: [5], dilations: [1] }, ...rest] },
    { ...inside, blocks: [{ ...first, kernels: [3, 1], dilations: [1, 1] }, ...rest] },
    { ...inside, blocks: [{ ...first, seRatio: 0.3 }, ...rest] },
    { ...inside, blocks: [first, ...inside.blocks, ...rest] },
    { ...inside, blocks: mixBlocksOf({ blocks: rest }).filter((block) => block.out > 40) },
  ];
  expect(space.encode(inside)).toBeDefined();
  for (const architecture of outside) expect(space.encode(architecture)).toBeUndefined();
});

test('a genome of another space is refused', () => {
  const genome = [...space.random(createRandom(1))];
  for (const broken of [genome.slice(1), [...genome, 0], genome.with(0, 99), genome.with(1, 0.5)])
    expect(() => space.canonical(broken)).toThrow(expect.objectContaining({ code: 'bad-config' }));
});

test('the parsed source gives the same space again, and the hash depends on what matters', () => {
  const again = parseSpace(JSON.parse(JSON.stringify(space.source)));
  expect(again.hash).toBe(space.hash);
  expect(again.genes).toEqual(space.genes);
  expect(parseSpace({ ...wide, name: 'other' }).hash).toBe(space.hash);
  expect(parseSpace({ ...wide, resolution: 64 }).hash).not.toBe(space.hash);
});

test('a stage takes from `defaults` what its kind of block has, and the first block of stride 2 a convolution', () => {
  const several = parseSpace(universal);
  const [first, second] = several.spec.stages;
  expect(first).toMatchObject({ op: 'universal-inverted-bottleneck', expansion: [2, 3, 4] });
  expect(first).not.toHaveProperty('kernels');
  expect(second).not.toHaveProperty('op');
  const names = several.genes.filter(({ name }) => name.endsWith('.depthwise')).map(({ values }) => values);
  expect(names[0]).toEqual(['start', 'middle', 'both']);
  expect(names[1]).toEqual(['none', 'start', 'middle', 'both']);
});

test.each([
  [{ op: 'max-pool' }, /stages\[0\]\.op/],
  [{ split: ['equal'] }, /stages\[0\]: unknown key `split`/],
  [{ startKernels: [4] }, /startKernels\[0\]`: kernel sizes are odd/],
  [{ depthwise: ['none'] }, /stages\[0\] has stride 2 and lists only `none` in `depthwise`/],
])('a stage of universal bottlenecks that makes no sense is refused: %j', (change, message) => {
  const [first, ...rest] = universal.stages;
  const broken = { ...universal, stages: [{ ...first, ...change }, ...rest] };
  expect(() => parseSpace(broken)).toThrow(message);
  expect(() => parseSpace(broken)).toThrow(expect.objectContaining({ code: 'bad-config' }));
});

test('the size of universal bottlenecks is what one counts by hand', () => {
  const tiny = parseSpace({
    name: 'tiny',
    resolution: 8,
    classes: 2,
    stem: { width: [8] },
    stages: [
      {
        // None: 1; start: 2; middle: 3; both: 6; each with two expansions.
        op: 'universal-inverted-bottleneck',
        depth: [1],
        width: [16],
        depthwise: ['none', 'start', 'middle', 'both'],
        startKernels: [3, 5],
        middleKernels: [3, 5, 7],
        expansion: [2, 4],
      },
    ],
    head: { width: [0] },
  });
  expect(tiny.size).toBe(24n);
  expect(new Set([...tiny.enumerate()].map((genome) => architectureHash(tiny.decode(genome)))).size).toBe(24);
});
