/** Finalists: the front is evaluated again, as a part of the run. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigInput, type SearchHooks, parseConfig, pick, resume } from '../src/app/index.js';
import { readStatus, runStatus } from '../src/dashboard/status.js';
import { writeReport } from '../src/report/index.js';
import { finalistsOf, readRun } from '../src/runs/index.js';
import { dryRun, outcomeOf, searchIn, temporaryFolder } from './support/searching.js';

const config: ConfigInput = { ...dryRun, finalists: { seeds: 3 } };

test('the front is evaluated again with further seeds, and is then by the mean of these', async () => {
  const root = temporaryFolder();
  const plain = await searchIn(root, dryRun);
  const { folder, ended, result } = await searchIn(root, config);
  expect(ended).toBe('trials');
  expect(outcomeOf(folder)).toEqual(outcomeOf(plain.folder));
  const view = readRun(folder);
  expect(view.problems).toEqual([]);
  expect(view.phase).toMatchObject({ phase: 'finalists', step: view.phase?.steps });
  const judged = finalistsOf(view);
  const first = plain.result.front.map(({ trial }) => trial);
  expect(judged?.finalists.map(({ trial }) => trial)).toEqual(first);
  expect(view.finalists).toHaveLength(3 * first.length);
  // Each with noise of its own.
  const accuracies = view.finalists
    .filter(({ trial }) => trial === first[0])
    .map(({ values }) => values['accuracy']);
  expect(new Set(accuracies).size).toBe(3);
  for (const { trial, accuracy, finalist } of result.front) {
    const own = view.finalists
      .filter((one) => one.trial === trial)
      .map(({ values }) => values['accuracy'] as number);
    expect(accuracy).toBeCloseTo(own.reduce((a, b) => a + b) / 3, 12);
    expect(finalist).toMatchObject({ firstAccuracy: view.trials[trial]?.values['accuracy'], seeds: 3 });
  }
  const members = [...result.front, ...(result.fallen ?? [])].map(({ trial }) => trial);
  expect(new Set(members)).toEqual(new Set(first));
  expect(JSON.parse(readFileSync(join(folder, 'front.json'), 'utf8'))).toMatchObject({ front: result.front });
  expect(readFileSync(join(folder, 'front.csv'), 'utf8')).toMatch(
    /^trial,accuracy,firstAccuracy,deviation,seeds,latency/,
  );

  const best = result.front.toSorted((a, b) => b.accuracy - a.accuracy)[0];
  const picked = pick(folder, { maxLatencyMs: { 'mali-g76': 11 } });
  expect(picked).toMatchObject({ trial: best?.trial, accuracy: best?.accuracy, finalist: best?.finalist });
  expect(picked.why).toMatch(/by their later accuracies$/);
  expect(readStatus(folder).finalists).toMatchObject({ done: 3 * first.length, total: 3 * first.length });
  expect(JSON.stringify(runStatus(folder, ['progress'], 'ascii', 100))).toContain('finished');
  const { page } = await writeReport([folder]);
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('First and later accuracy of the finalists');
  expect(html).toContain('The front above is by the later accuracies');
});

test('interrupted among the finalists, a run ends as the unbroken one', async () => {
  const root = temporaryFolder();
  const whole = await searchIn(root, config);
  const signal = new AbortController();
  let seen = 0;
  const slow = { ...config, evaluator: { name: 'synthetic', seconds: 0.02 } } as const;
  const broken = await searchIn(root, slow, {
    signal: signal.signal,
    onEvent(event) {
      if (event.type === 'notice' && event.text.includes('further seed') && ++seen === 4) signal.abort();
    },
  });
  expect(broken.ended).toBe('interrupted');
  const { finalists } = readRun(broken.folder);
  expect(finalists.length).toBeGreaterThanOrEqual(4);
  const { ended, result } = await resume(broken.folder);
  expect(ended).toBe('trials');
  expect(result.front).toEqual(whole.result.front);
  const sorted = (folder: string) =>
    readRun(folder)
      .finalists.map(({ trial, seed, values }) => ({ trial, seed, values }))
      .sort((a, b) => a.trial - b.trial || a.seed - b.seed);
  expect(sorted(broken.folder)).toEqual(sorted(whole.folder));
  // Resuming once more has nothing left to do.
  await resume(broken.folder);
  expect(readRun(broken.folder).finalists).toHaveLength(sorted(whole.folder).length);
});

test('a run of earlier days takes on finalists that its config is given, and a journal line is checked', async () => {
  const root = temporaryFolder();
  const { folder } = await searchIn(root, { ...config, finalists: { seeds: 1 } });
  const journal = join(folder, 'journal.jsonl');
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
  const place = lines.findIndex((line) => line.includes('"type":"finalist"'));
  expect(lines[place]).toContain('"seed":1');
  const { formatLine } = await import('../src/runs/journal/index.js');
  const broken = formatLine(
    { type: 'finalist', id: 999, seed: 1, state: 'complete', values: { accuracy: 1 }, seconds: 1 },
    lines.length + 1,
    Date.now(),
  );
  const { appendFileSync } = await import('node:fs');
  appendFileSync(journal, broken);
  expect(readRun(folder).problems).toEqual([
    expect.stringContaining('evaluates trial 999 again, which is not complete'),
  ]);
});

test('finalists are trained longer where that is asked for, and the weights that stay are of the best', async () => {
  const asked: { trial: number; steps: number; seed: string; weights: string | undefined }[] = [];
  const { writeFileSync } = await import('node:fs');
  const evaluator: SearchHooks['evaluator'] = {
    name: 'mine',
    steps: 10,
    evaluate({ trial, steps, seed, weights, architecture }) {
      asked.push({ trial, steps, seed, weights });
      const later = seed.includes('/finalist/') ? Number(seed.at(-1)) / 100 : 0.2;
      const accuracy = 0.4 + later + architecture.blocks.length / 1000;
      if (weights !== undefined) writeFileSync(weights, `${trial} ${later}`);
      return { accuracy };
    },
  };
  const root = temporaryFolder();
  const { folder, result } = await searchIn(
    root,
    {
      ...dryRun,
      budget: { trials: 12 },
      evaluator: 'synthetic',
      finalists: { seeds: 2, steps: 30, networks: 2 },
    },
    { evaluator },
  );
  const later = asked.filter(({ seed }) => seed.includes('/finalist/'));
  expect(new Set(later.map(({ steps }) => steps))).toEqual(new Set([30]));
  expect(new Set(later.map(({ trial }) => trial)).size).toBeLessThanOrEqual(2);
  for (const { trial } of result.front) {
    // Longer training counts alone: the best of the later ones.
    expect(readFileSync(join(folder, 'weights', `${trial}.safetensors`), 'utf8')).toBe(`${trial} 0.02`);
  }
  expect(readdirSync(join(folder, 'weights')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('the time of a session includes its finalists', async () => {
  const root = temporaryFolder();
  const timed: ConfigInput = {
    ...config,
    evaluator: { name: 'synthetic', seconds: 0.1 },
    finalists: { seeds: 3 },
    budget: { trials: 400, seconds: 4 },
  };
  const started = performance.now();
  const { folder, ended } = await searchIn(root, timed);
  expect(ended).toBe('time');
  const judged = finalistsOf(readRun(folder));
  expect(judged?.done).toBeGreaterThanOrEqual((judged?.total ?? 0) / 3);
  expect(judged?.later?.length).toBeGreaterThan(0);
  expect((performance.now() - started) / 1000).toBeLessThan(12);
}, 60_000);

test('finalists that an evaluator cannot judge are refused in one sentence', () => {
  expect(() => parseConfig({ evaluator: { name: 'supernet', steps: 10 }, finalists: { seeds: 2 } })).toThrow(
    /`finalists`: a supernet scores networks with shared weights/,
  );
  expect(() => parseConfig({ evaluator: 'proxy', finalists: { seeds: 2, steps: 5 } })).toThrow(
    /`finalists.steps`: the evaluator proxy counts no steps/,
  );
  expect(() => parseConfig({ finalists: { seeds: 2000 } })).toThrow(/finalists.seeds/);
  expect(parseConfig({}, { overrides: { finalistSeeds: 4 } }).config.finalists).toEqual({ seeds: 4 });
});

test('a search that is given its time alone measures, plans the rest and says what it chose', async () => {
  const root = temporaryFolder();
  const notices: string[] = [];
  const signal = new AbortController();
  const { folder } = await searchIn(
    root,
    {
      dataset: { name: 'textures', size: 400, classes: 4 },
      profiles: ['mali-g76'],
      evaluator: { name: 'training', batchSize: 16 },
      workers: 2,
    },
    {
      signal: signal.signal,
      onEvent(event) {
        if (event.type === 'notice') notices.push(event.text);
        if (event.type === 'asked') signal.abort();
      },
    },
    { seconds: 6000 },
  );
  expect(notices[0]).toMatch(/^Planned for 1 h.* ms a step measured on 2 workers; .* steps a trial/);
  const { config: stored } = readRun(folder);
  expect(stored.finalists).toMatchObject({ seeds: 2, networks: 4 });
  expect(stored.budget.seconds).toBeLessThan(6000);
  expect(stored.budget.trials).toBeGreaterThanOrEqual(20);
});
