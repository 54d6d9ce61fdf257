/** A search that cannot succeed ends, and says why. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ConfigInput } from '../src/app/index.js';
import { readRun } from '../src/runs/index.js';
import { runCli } from './support/run-cli.js';
import { dryRun, searchIn, temporaryFolder } from './support/searching.js';

const node = (code: string) => ({ name: 'command' as const, command: [process.execPath, '-e', code] });

test('the same failure five times in a row, with nothing complete, stops the search with that reason', async () => {
  const root = temporaryFolder();
  const config: ConfigInput = {
    ...dryRun,
    evaluator: node(`console.error('No module named torch ' + process.pid); process.exit(1)`),
  };
  await expect(searchIn(root, config)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringMatching(
      /^5 trials in a row have failed alike, and none is complete: The command failed, exit code 1: No module/,
    ),
  });
  const view = readRun(join(root, 'dry-1'));
  expect(view.trials.length).toBeLessThan(8);
  expect(view.ended).toMatchObject({ reason: 'failed', message: expect.stringContaining('No module') });
});

test('failures of different kinds, and those after a success, stop nothing', async () => {
  const root = temporaryFolder();
  const reading = `const { trial } = JSON.parse(require('fs').readFileSync(0, 'utf8'));`;
  const budget = { trials: 8 };
  const various = `${reading} console.log(JSON.stringify({ failed: 'reason ' + 'abcdefgh'[trial] }))`;
  const first = await searchIn(root, { ...dryRun, budget, evaluator: node(various) });
  expect(first).toMatchObject({ ended: 'trials', complete: 0, failure: 'reason h' });
  const after = `${reading} console.log(JSON.stringify(trial ? { failed: 'no' } : { accuracy: 0.5 }))`;
  const second = await searchIn(root, { ...dryRun, budget, evaluator: node(after) });
  expect(second).toMatchObject({ ended: 'trials', complete: 1 });
});

test('a search in which nothing completed exits with 1, and says why', async () => {
  const root = temporaryFolder();
  vi.stubEnv('MIXNAS_RUNS', root);
  onTestFinished(() => void vi.unstubAllEnvs());
  const config = join(root, 'failing.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      ...dryRun,
      name: 'failing',
      budget: { trials: 2 },
      evaluator: node('console.log(`{"failed":"too wide"}`)'),
    }),
  );
  const { code, stderr, stdout } = await runCli('search', config, '--no-tui', '--json');
  expect(code).toBe(1);
  expect(stderr).toMatch(/No trial of .*failing-1 is complete\. The last one failed: too wide/);
  expect(JSON.parse(stdout)).toMatchObject({ trials: 2, front: [] });
});
