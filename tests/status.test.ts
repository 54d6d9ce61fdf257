/** A run as text and as JSON, once and while it runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { plainLine } from '../src/dashboard/draw/block.js';
import { createRunModel } from '../src/dashboard/model/run-model.js';
import { alone } from '../src/dashboard/screens/screen.js';
import { candidateScreen } from '../src/dashboard/screens/candidate.js';
import { initialState } from '../src/dashboard/state.js';
import { readRun } from '../src/runs/index.js';
import { makeUpRun } from './support/made-up-run.js';
import { answerOf, runCli, startCli } from './support/run-cli.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-status-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the screens of a run come as plain text, no line wider than the stream, and as ASCII', async () => {
  const { folder } = makeUpRun(root, 'ended', { trials: 30 });
  const { code, stdout } = await runCli('status', folder, '--all');
  expect(code).toBe(0);
  for (const text of [
    'ended  finished, 30 of 30 trials, hypervolume 0.',
    'trials a minute',
    'validation accuracy',
    '1 of 30',
    'network at 224x224',
    'error on left-out networks',
  ])
    expect(stdout).toContain(text);
  // oxlint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/\u001b/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  const ascii = await runCli('status', folder, '--ascii', '--screen', 'front');
  expect(ascii.stdout).toMatch(/^[\x20-\x7e\n]*$/);
  expect(ascii.stdout).not.toContain('trials a minute');
  expect(await runCli('status', folder, '--screen', 'frnt')).toMatchObject({ code: 2 });
});

test('a front without a network says whether one is to be waited for', async () => {
  const options = { trials: 0, budget: 4, running: 1 };
  const { folder, writer } = makeUpRun(root, 'begun', { ...options, open: true });
  const front = async (run: string) => (await runCli('status', run, '--screen', 'front')).stdout;
  expect(await front(folder)).toContain('The first trials are being trained.');
  writer.close();
  expect(await front(makeUpRun(root, 'fruitless', options).folder)).toContain('No trial was completed.');
});

test('what is done before the trials and after them is reported, and says nothing of the time they take', async () => {
  const now = Date.now();
  vi.useFakeTimers({ now: now - 3_600_000, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const run = makeUpRun(root, 'shared', { trials: 0, budget: 20, open: true });
  run.writer.append({ type: 'phase', phase: 'supernet', step: 40, steps: 3000, loss: 2.058 });
  const text = async () => (await runCli('status', run.folder, '--screen', 'progress')).stdout;
  const json = async () => answerOf(await runCli('status', run.folder, '--json')) as Record<string, number>;
  expect(await text()).toContain('training the supernet: step 40 of 3000, loss 2.06, 0 of 20 trials');
  expect(await text()).toMatch(/supernet +\S+ 40 of 3000/);

  vi.setSystemTime(now);
  run.writer.append({ type: 'phase', phase: 'supernet', step: 3000, steps: 3000, loss: 1.4 });
  for (let i = 0; i < 10; i++) run.addTrial();
  vi.setSystemTime(now + 20_000);
  const searching = await json();
  expect(searching['elapsedSeconds']).toBeCloseTo(3620, 0);
  expect(searching['leftSeconds']).toBeCloseTo(20, 0);
  expect(await text()).not.toContain('3000');

  run.writer.append({ type: 'phase', phase: 'finetune', step: 1, steps: 5 });
  expect(await json()).toMatchObject({ stateText: 'fine-tuning the front: 1 of 5 networks' });
  expect(await json()).not.toHaveProperty('leftSeconds');

  run.writer.append({ type: 'phase', phase: 'finalists', step: 3, steps: 12 });
  expect(await json()).toMatchObject({ stateText: 'evaluating the front again: 3 of 12 evaluations' });
  expect(await text()).toMatch(/finalists +\S+ 3 of 12/);
  run.writer.close();
});

test('of a limit of time, no more is used than until the run ended', async () => {
  vi.useFakeTimers({ now: Date.now() - 3_600_000, toFake: ['Date'] });
  const run = makeUpRun(root, 'limited', { trials: 0, budget: 20, open: true });
  const machine = { version: '0', host: 'test', pid: process.pid, workers: 2, backend: 'tensorflow' };
  run.writer.append({ type: 'session', ...machine, resumed: true, trials: 20, seconds: 600 });
  run.addTrial();
  vi.setSystemTime(Date.now() + 60_000);
  run.writer.append({ type: 'end', reason: 'time' });
  vi.useRealTimers();
  run.writer.close();
  const { stdout } = await runCli('status', run.folder, '--screen', 'progress');
  expect(stdout).toMatch(/time limit +\S+ 1 min 00 s of 10 min 00 s/);
});

test('JSON says what the screens show', async () => {
  const { folder, writer } = makeUpRun(root, 'live', { trials: 12, budget: 50, running: 2, open: true });
  const status = answerOf(await runCli('status', folder, '--json')) as Record<string, unknown>;
  expect(status).toMatchObject({
    type: 'status',
    run: 'live',
    state: 'running',
    finished: 12,
    budget: 50,
    workers: [
      { worker: 0, step: 120, steps: 400 },
      { worker: 1, step: 200, steps: 400 },
    ],
    problems: [],
  });
  const front = status['front'] as { values: Record<string, number>; onFront: boolean }[];
  expect(front.length).toBeGreaterThan(1);
  expect(front.every((one) => one.onFront && (one.values['latencyMs.mali-g76'] ?? 0) > 0)).toBe(true);
  writer.close();
});

test('a followed run is a stream of objects until it ends', async () => {
  const run = makeUpRun(root, 'followed', { trials: 5, budget: 8, open: true });
  const followed = startCli('status', run.folder, '--json', '--follow');
  const plain = startCli('status', run.folder, '--follow', '--screen', 'progress');
  const patient = { timeout: 30_000 };
  await expect.poll(followed.printed, patient).toContain('"status"');
  await expect.poll(plain.printed, patient).toContain('followed');
  for (let i = 0; i < 3; i++) run.addTrial();
  run.writer.append({ type: 'end', reason: 'trials' });
  run.writer.close();
  const { code, stdout } = await followed.outcome;
  expect(code).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; trial?: number; finished?: number });
  expect(events[0]).toMatchObject({ type: 'status', finished: 5 });
  expect(events.filter(({ type }) => type === 'trial').map(({ trial }) => trial)).toEqual([5, 6, 7]);
  expect(events.at(-1)).toMatchObject({ type: 'progress', finished: 8 });
  expect((await plain.outcome).stdout).toMatch(/trial 5 [^]*trial 6 [^]*trial 7 /);
});

test('what is no run is refused', async () => {
  expect(await runCli('status', join(root, 'nowhere'))).toMatchObject({ code: 2, stdout: '' });
});

test('the candidate screen says the reason of a failure whole, at every width', () => {
  const reason = `CUDA error: out of memory on /a/path/${'that-is-long/'.repeat(12)}model.py: tried 2.5 GiB, and 1.2 GiB are free`;
  const { folder, writer } = makeUpRun(root, 'failing', { trials: 0, budget: 4, running: 1, open: true });
  writer.append({ type: 'tell', id: 0, state: 'failed', reason, seconds: 3, worker: 0 });
  writer.close();
  const model = createRunModel(readRun(folder));
  const ui = { ...initialState, screen: 'candidate' as const, selected: 0 };
  for (const width of [40, 60, 78, 100, 129, 130, 180, 240]) {
    const lines = candidateScreen.draw({
      model,
      ...alone,
      ui,
      width,
      height: 400,
      glyphs: 'braille',
      now: 0,
    });
    const text = lines.map((line) =>
      plainLine(line).slice(0, width >= 180 ? 100 : width >= 130 ? 78 : width),
    );
    const begin = text.findIndex((line) => line.startsWith('why it ended')) + 1;
    const end = text.findIndex((line, i) => i > begin && line.trim() === '');
    const squeezed = (all: string) => all.replaceAll(/\s/g, '');
    expect(squeezed(text.slice(begin, end).join(''))).toBe(squeezed(reason));
  }
});
