/** What 0.1.0 wrote opens by every reader, to the answers that 0.1.0 gave. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { readRun } from '../src/runs/index.js';
import { answerOf, runCli } from './support/run-cli.js';
import { temporaryFolder } from './support/searching.js';

const old = join(packageRoot(), 'tests/fixtures/0.1.0');
const answer = (name: string) => JSON.parse(readFileSync(join(old, 'answers', `${name}.json`), 'utf8'));
const ask = async (...args: string[]) => answerOf(await runCli(...args, '--json')) as Record<string, unknown>;

/** A copy of a run: a reader may write next to it. */
function copyOf(run: string): string {
  const folder = join(temporaryFolder(), run);
  cpSync(join(old, 'runs', run), folder, { recursive: true });
  return folder;
}

const before = process.env['MIXNAS_PROFILES'];
beforeAll(() => {
  process.env['MIXNAS_PROFILES'] = join(old, 'profiles');
});
afterAll(() => {
  if (before === undefined) delete process.env['MIXNAS_PROFILES'];
  else process.env['MIXNAS_PROFILES'] = before;
});

describe.each(['synthetic', 'textures'])('the finished run %s', (run) => {
  test('has the status of then', async () => {
    expect(await ask('status', copyOf(run))).toMatchObject(answer(`status-${run}`));
  });

  test('picks the network of then', async () => {
    expect(await ask('pick', copyOf(run))).toMatchObject(answer(`pick-${run}`));
  });

  test('is reported, with as many trials and as long a front', async () => {
    const folder = copyOf(run);
    const report = await ask('report', folder, '--out', join(folder, 'page.html'));
    expect(report['runs']).toEqual([
      {
        name: `${run}-1`,
        trials: answer(`status-${run}`).counts.complete,
        front: answer(`status-${run}`).front.length,
      },
    ]);
  });

  test('is resumed without a new trial, to the front that it had', async () => {
    const folder = copyOf(run);
    const journal = () => readRun(folder).trials.length;
    const trials = journal();
    rmSync(join(folder, 'front.csv'));
    await ask('resume', folder);
    expect(journal()).toBe(trials);
    const csv = (of: string) => readFileSync(join(of, 'front.csv'), 'utf8');
    expect(csv(folder)).toBe(csv(join(old, 'runs', run)));
    expect((await ask('status', folder))['front']).toEqual(answer(`status-${run}`).front);
  });
});

test('a run whose journal is torn is resumed to the trials that 0.1.0 resumed it to', async () => {
  const folder = copyOf('cut');
  await ask('resume', folder);
  expect(await ask('status', folder)).toMatchObject(answer('resumed-cut'));
});

test('a run that was killed while it trained keeps its trials and finishes the rest', async () => {
  const folder = copyOf('killed');
  const finished = readRun(folder).trials.filter(({ state }) => state !== 'running');
  expect(finished).toHaveLength(4);
  await ask('resume', folder);
  const { trials } = readRun(folder);
  expect(trials.slice(0, 4)).toEqual(finished);
  const { run, budget, deploy, counts } = answer('resumed-killed');
  expect(await ask('status', folder)).toMatchObject({ run, budget, deploy, finished: 6, state: 'finished' });
  expect(counts.complete + counts.pruned).toBe(trials.length);
});

// Another processor or backend may round another way: an image or two.
test.each([
  ['textures', 'eval-textures', 0.051],
  ['trained', 'eval-trained', 0.005],
])('weights of %s evaluate to the accuracy of then', async (what, then, within) => {
  const weights = what === 'trained' ? join(old, 'trained') : `${copyOf(what)}#0`;
  const { network: _, accuracy, loss, ...rest } = answer(then);
  const now = await ask('eval', weights);
  expect(now).toMatchObject(rest);
  expect(Math.abs((now['accuracy'] as number) - accuracy)).toBeLessThan(within);
  expect(now['loss']).toBeCloseTo(loss, 2);
});

test('a profile predicts what it predicted', async () => {
  expect(await ask('predict', 'mixnet-s', '--profile', 'phone')).toMatchObject(answer('predict-phone'));
});
