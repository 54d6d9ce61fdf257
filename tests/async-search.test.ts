/** A search that need not be repeatable: a slow trial leaves no other worker idle. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type ConfigInput, resume } from '../src/app/index.js';
import type { CodeEvaluator } from '../src/evaluation/index.js';
import { readRun } from '../src/runs/index.js';
import { runCli } from './support/run-cli.js';
import { dryRun, searchIn, temporaryFolder } from './support/searching.js';

/** It takes twenty times as long as the others. */
const slowTrial = 5;

const config: ConfigInput = {
  ...dryRun,
  sampler: { name: 'nsga2', population: 8 },
  budget: { trials: 90 },
  workers: 4,
};

/** Which share of the time that the slow trial took the other workers were busy. */
async function busyShare(deterministic: boolean, usualMs: number): Promise<number> {
  const spans: { trial: number; worker: number; from: number; to: number }[] = [];
  const evaluator: CodeEvaluator = {
    name: 'waits',
    async evaluate({ trial, worker }) {
      const from = performance.now();
      await wait(trial === slowTrial ? 20 * usualMs : usualMs);
      spans.push({ trial, worker, from, to: performance.now() });
      return { accuracy: ((trial * 37) % 89) / 100 };
    },
  };
  const { ended } = await searchIn(temporaryFolder(), { ...config, deterministic }, { evaluator });
  expect(ended).toBe('trials');
  expect(spans.map(({ trial }) => trial).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 90 }, (_, id) => id),
  );
  const slow = spans.find(({ trial }) => trial === slowTrial);
  if (!slow) throw new Error('the slow trial did not run');
  const busy = spans
    .filter(({ worker }) => worker !== slow.worker)
    .reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, slow.to) - Math.max(from, slow.from)), 0);
  return busy / (3 * (slow.to - slow.from));
}

test('with one trial of twenty times the usual length the others are busy for over 95 % of it', async () => {
  expect(await busyShare(false, 1000)).toBeGreaterThan(0.95);
  expect(await busyShare(true, 100)).toBeLessThan(0.6);
});

test('a run that was stopped loses nothing when it resumes', async () => {
  const root = temporaryFolder();
  const controller = new AbortController();
  const evaluator = { name: 'synthetic', seconds: 0.02 } as const;
  const { folder } = await searchIn(
    root,
    { ...config, evaluator, deterministic: false },
    {
      signal: controller.signal,
      onEvent: (event) => event.type === 'finished' && event.finished === 25 && controller.abort(),
    },
  );
  const before = readRun(folder).trials.filter(({ state }) => state === 'complete');
  const { ended } = await resume(folder, { root });
  const { trials } = readRun(folder);
  expect(ended).toBe('trials');
  expect(trials.map(({ id, state }) => `${id} ${state}`)).toEqual(
    Array.from({ length: 90 }, (_, id) => `${id} complete`),
  );
  for (const { id, values, genome, endedAt } of before)
    expect(trials[id]).toMatchObject({ values, genome, endedAt });
});

test('--async says that the search is not repeatable to the bit, and so does its config', async () => {
  const root = temporaryFolder();
  vi.stubEnv('MIXNAS_RUNS', root);
  onTestFinished(() => void vi.unstubAllEnvs());
  const args = ['search', '--async', '--evaluator', 'synthetic', '--trials', '6', '--no-tui'];
  const { code, stderr } = await runCli(...args, '--sampler', 'random', '--name', 'free');
  expect(code).toBe(0);
  expect(stderr).toContain('not repeatable to the bit');
  const stored = JSON.parse(readFileSync(join(root, 'free', 'config.json'), 'utf8')) as object;
  expect(stored).toMatchObject({ deterministic: false });
});
