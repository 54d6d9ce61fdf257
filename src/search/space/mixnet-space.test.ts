import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createRandom, packageRoot } from '../../base/index.js';
import { countCost, lower, parseArchitecture, parseSpace } from '../../models/index.js';
import { createStudy, mixnetSpace } from '../index.js';

const models = parseSpace(parse(readFileSync(join(packageRoot(), 'spaces/cifar-small.yaml'), 'utf8')));
const space = mixnetSpace(models);

test('operators give canonical genomes of valid architectures, which lead back to them', () => {
  const random = createRandom(1);
  let genome = space.random(random);
  for (let i = 0; i < 300; i++) {
    const other = space.random(random);
    const next = random.next() < 0.5 ? space.mutate(genome, random) : space.crossover(genome, other, random);
    expect(space.canonical(next)).toEqual(next);
    const architecture = space.decode(next);
    expect(parseArchitecture(JSON.parse(JSON.stringify(architecture)))).toEqual(architecture);
    expect(space.encode(architecture)).toEqual(next);
    expect(space.distance(genome, next) === 0).toBe(space.key(genome) === space.key(next));
    expect(space.distance(other, next)).toBeCloseTo(space.distance(next, other), 12);
    expect(space.features(next).length).toBe(space.columns.length);
    genome = next;
  }
});

test('a mutation changes the network, and neighbours are canonical and new', () => {
  const random = createRandom(2);
  for (let i = 0; i < 100; i++) {
    const genome = space.random(random);
    expect(space.key(space.mutate(genome, random))).not.toBe(space.key(genome));
  }
  const genome = space.random(random);
  for (const next of space.neighbours(genome)) {
    expect(space.canonical(next)).toEqual(next);
    expect(space.key(next)).not.toBe(space.key(genome));
  }
});

test('a study prices architectures and keeps their limits', () => {
  const study = createStudy({
    space: models,
    objectives: [
      { name: 'accuracy', direction: 'maximize' },
      { name: 'macs', direction: 'minimize' },
    ],
    price: ({ architecture }) => ({ macs: countCost(lower(architecture)).macs }),
    constraints: [{ metric: 'macs', max: 2_000_000 }],
    sampler: { name: 'nsga2', population: 10 },
  });
  for (let i = 0; i < 40; i++) {
    const trial = study.ask();
    expect(trial.known['macs']).toBe(countCost(lower(trial.architecture)).macs);
    expect(trial.known['macs']).toBeLessThanOrEqual(2_000_000);
    study.tell(trial.id, { accuracy: trial.architecture.blocks.length / 10 });
  }
  expect(study.trials.some((t) => t.origin === 'crossover')).toBe(true);
  expect(study.front().length).toBeGreaterThan(0);
});

test('a limit below the smallest network says how small it is', () => {
  const smallest = () =>
    createStudy({
      space: models,
      objectives: [{ name: 'accuracy', direction: 'maximize' }],
      price: ({ architecture }) => ({ macs: countCost(lower(architecture)).macs }),
      constraints: [{ metric: 'macs', max: 1000 }],
    });
  expect(smallest).toThrow(/the smallest reachable macs is \d{6}/);
});
