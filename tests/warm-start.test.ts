/** Searches that begin with what earlier ones found. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigInput, resume } from '../src/app/index.js';
import { createRandom } from '../src/base/index.js';
import { nearestGenome } from '../src/app/search/warm-start/nearest-genome.js';
import { loadSpace } from '../src/app/config/spaces.js';
import { mixBlocksOf, referenceArchitecture } from '../src/models/index.js';
import { readRun } from '../src/runs/index.js';
import { dryRun, outcomeOf, searchIn, temporaryFolder } from './support/searching.js';

const short: ConfigInput = { ...dryRun, budget: { trials: 16 } };
const genomesOf = (folder: string) =>
  readRun(folder).trials.map(({ genome }) => Buffer.from(genome).toString('hex'));

test('results of an earlier run are the first trials, within the new limits, and are never proposed again', async () => {
  const root = temporaryFolder();
  const earlier = await searchIn(root, { ...short, name: 'earlier', limits: {} });
  const notices: string[] = [];
  const warm: ConfigInput = { ...short, seed: 2, warmStart: { runs: ['earlier-1'] } };
  const { folder, result } = await searchIn(root, warm, {
    onEvent: (event) => event.type === 'notice' && notices.push(event.text),
  });
  const view = readRun(folder);
  const known = view.trials.filter(({ origin }) => origin === 'known');
  const fits = readRun(earlier.folder).trials.filter(
    (row) => (row.known['latencyMs.mali-g76'] as number) <= 11,
  );
  expect(known.length).toBe(fits.length);
  expect(known.length).toBeGreaterThan(0);
  expect(known.map(({ values }) => values)).toEqual(fits.map(({ values }) => values));
  expect(view.trials.slice(0, known.length)).toEqual(known);
  expect(view.trials).toHaveLength(16 + known.length);
  expect(result.trials).toBe(16 + known.length);
  expect(new Set(genomesOf(folder)).size).toBe(view.trials.length);
  expect(notices.join()).toContain(`${known.length} of 16 results of earlier-1`);

  // The earlier run is not needed any more, wherever this one was killed.
  rmSync(earlier.folder, { recursive: true });
  const journal = readFileSync(join(folder, 'journal.jsonl'));
  const random = createRandom('warm kill points');
  const early = journal.indexOf('"origin":"known"');
  for (const length of [
    0,
    early + 300,
    early + 700,
    random.int(journal.length),
    random.int(journal.length),
  ]) {
    const cut = join(root, `cut-${length}`);
    cpSync(folder, cut, { recursive: true });
    truncateSync(join(cut, 'journal.jsonl'), length);
    const again = await resume(cut, { root });
    expect(outcomeOf(cut)).toEqual(outcomeOf(folder));
    expect(again.result.front).toEqual(result.front);
  }
});

test('with another recipe, its front is evaluated first', async () => {
  const root = temporaryFolder();
  const earlier = await searchIn(root, { ...short, name: 'earlier' });
  const { folder } = await searchIn(root, {
    ...short,
    seed: 2,
    evaluator: { name: 'synthetic', steps: 7 },
    warmStart: { runs: [earlier.folder] },
  });
  const front = earlier.result.front.map(({ trial }) => genomesOf(earlier.folder)[trial]);
  expect(genomesOf(folder).slice(0, front.length)).toEqual(front);
  const view = readRun(folder);
  expect(view.trials).toHaveLength(16);
  expect(view.trials.slice(0, front.length).every(({ origin }) => origin === 'queued')).toBe(true);
  const cut = join(root, 'cut');
  cpSync(folder, cut, { recursive: true });
  truncateSync(join(cut, 'journal.jsonl'), 900);
  await resume(cut, { root });
  expect(outcomeOf(cut)).toEqual(outcomeOf(folder));
});

test('reference models and a cheap score fill the first trials', async () => {
  const root = temporaryFolder();
  const { folder } = await searchIn(root, {
    ...short,
    limits: {},
    warmStart: { references: true, cheap: { score: 'macs * depth', candidates: 60, first: 5 } },
  });
  const { trials } = readRun(folder);
  const queued = trials.filter(({ origin }) => origin === 'queued');
  expect(queued.length).toBeGreaterThanOrEqual(6);
  expect(queued.length).toBeLessThanOrEqual(8);
  expect(trials.slice(0, queued.length)).toEqual(queued);
});

test('the nearest network of a space is the network itself where the space holds it', () => {
  const space = loadSpace('cifar-small');
  const random = createRandom('nearest');
  for (let i = 0; i < 5; i++) {
    const genome = space.random(random);
    expect(nearestGenome(space, space.decode(genome))).toEqual(genome);
  }
  const blocks = mixBlocksOf(space.decode(nearestGenome(space, referenceArchitecture('mixnet-m'))));
  expect(blocks.filter(({ kernels }) => kernels.length > 1).length).toBeGreaterThan(blocks.length / 2);
});

test.each<[string, object, RegExp]>([
  ['a run that is not there', { runs: ['nowhere'] }, /no run "nowhere"/],
  ['a reference that is none', { references: ['mixnet-q'] }, /no reference model mixnet-q/],
  ['a score of what is not known', { cheap: { score: 'accuracy' } }, /accuracy is not known/],
  ['a score that is none', { cheap: { score: 'dept' } }, /warmStart.cheap.score: dept/],
])('%s is refused, and nothing is written', async (_, warmStart, message) => {
  await expect(searchIn(temporaryFolder(), { ...short, warmStart })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(message),
  });
});

test('a run of another space is refused', async () => {
  const root = temporaryFolder();
  const path = join(root, 'two.yaml');
  writeFileSync(
    path,
    `name: two
resolution: 32
classes: 10
stem: { width: [16], stride: [2] }
defaults: { depth: [1], kernels: [3, 5], groups: [1], expansion: [1, 2], seRatio: [0], activation: [relu] }
stages: [{ width: [16] }]
head: { width: [0] }
`,
  );
  await searchIn(root, { ...short, name: 'other', space: path, limits: {} });
  await expect(searchIn(root, { ...short, warmStart: { runs: ['other-1'] } })).rejects.toThrow(
    /other-1 searched another space/,
  );
});
