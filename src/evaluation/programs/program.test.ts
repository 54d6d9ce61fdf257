/** Programs that behave badly: daemons, floods, and a coordinator that is killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../base/index.js';
import { referenceArchitecture } from '../../models/index.js';
import { createCommandEvaluator } from '../evaluators/command/command.js';
import { evaluatorSchema } from '../evaluators/index.js';
import type { EvaluationProgress } from '../evaluator.js';
import { createLocalExecutor } from '../executors/index.js';
import type { CommandSpec } from '../evaluators/command/schema.js';

const architecture = referenceArchitecture('mixnet-s');
const node = (code: string, more: object = {}) =>
  evaluatorSchema.parse({
    name: 'command',
    command: [process.execPath, '-e', code],
    ...more,
  }) as CommandSpec;

/** Runs a program of one line of JavaScript as the only trial of a search. */
async function run(code: string, more: object = {}, onProgress: (p: EvaluationProgress) => void = () => {}) {
  const executor = createLocalExecutor(createCommandEvaluator(node(code, more)), 1);
  const started = performance.now();
  const outcome = await executor.run({ trial: 0, architecture, seed: 's' }, onProgress);
  return { outcome, seconds: (performance.now() - started) / 1000 };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-program-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    // A zombie has ended; whoever started it has not asked yet.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The numbers of the processes that have written one into the folder. */
const pidsIn = (folder: string) => readdirSync(folder).map(Number);
/** JavaScript that writes the number of its process into a folder, and then lives on. */
const living = (folder: string) =>
  `require('fs').writeFileSync(${JSON.stringify(folder)} + '/' + process.pid, ''); setInterval(() => {}, 1000);`;
/** JavaScript that starts a process in a session of its own, which holds the pipes of its parent. */
const daemon = (code: string) =>
  `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}], { stdio: 'inherit', detached: true }).unref();`;
const child = (code: string) =>
  `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}], { stdio: 'inherit' });`;

const onLinux = process.platform === 'linux';

test.runIf(onLinux)('a daemon that holds the pipes does not hold up the trial, and may stay', async () => {
  const folder = temporaryFolder();
  const waits = `while (!require('fs').readdirSync(${JSON.stringify(folder)}).length);`;
  const { outcome, seconds } = await run(
    `${daemon(living(folder))} ${waits} console.log('{"accuracy":0.5}'); process.exit(0)`,
  );
  const [pid = 0] = pidsIn(folder);
  onTestFinished(() => void process.kill(pid, 'SIGKILL'));
  expect(outcome).toMatchObject({ state: 'complete', values: { accuracy: 0.5 } });
  expect(seconds).toBeLessThan(5);
  expect(isAlive(pid)).toBe(true);
});

test.runIf(onLinux)('a program that is out of time is ended with the daemons it has started', async () => {
  const folder = temporaryFolder();
  const { outcome, seconds } = await run(`${daemon(living(folder))} ${living(folder)}`, {
    timeoutSeconds: 1.5,
  });
  expect(outcome).toMatchObject({ state: 'failed', reason: expect.stringContaining('longer than 1.5 s') });
  expect(seconds).toBeLessThan(6);
  expect(pidsIn(folder).length).toBe(2);
  await expect.poll(() => pidsIn(folder).filter(isAlive), { timeout: 2000 }).toEqual([]);
});

test('what a program pipes through another one that ends after it still counts', async () => {
  const { outcome } = await run(
    `${child(`setTimeout(() => console.log('{"accuracy":0.25}'), 700)`)} process.exit(0)`,
  );
  expect(outcome).toMatchObject({ state: 'complete', values: { accuracy: 0.25 } });
});

test.runIf(onLinux)(
  'kill -9 of the process that runs programs ends them, their children and their daemons',
  async () => {
    const folder = temporaryFolder();
    const code = `${child(living(folder))} ${daemon(`${child(living(folder))} ${living(folder)}`)} ${living(folder)}`;
    const script = `
    import { createCommandEvaluator } from '${packageRoot()}/dist/evaluation/evaluators/command/command.js';
    const spec = ${JSON.stringify(node(code))};
    const evaluator = createCommandEvaluator(spec);
    for (let trial = 0; trial < 2; trial++) void evaluator.evaluate({ trial, architecture: {}, seed: 's' }, () => {});`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    onTestFinished(() => void parent.kill('SIGKILL'));
    await expect.poll(() => pidsIn(folder).length, { timeout: 20_000 }).toBe(8);
    const pids = pidsIn(folder);
    onTestFinished(() => {
      for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
    });
    expect(pids.every(isAlive)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => pids.filter(isAlive), { timeout: 2000, interval: 50 }).toEqual([]);
  },
);

test.runIf(onLinux)('a program that was just started ends with its parent, too', async () => {
  const folder = temporaryFolder();
  const script = `
    import { createCommandEvaluator } from '${packageRoot()}/dist/evaluation/evaluators/command/command.js';
    const evaluator = createCommandEvaluator(${JSON.stringify(node(living(folder)))});
    void evaluator.evaluate({ trial: 0, architecture: {}, seed: 's' }, () => {});
    process.kill(process.pid, 'SIGKILL');`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  await new Promise((done) => parent.once('exit', done));
  await new Promise((done) => setTimeout(done, 2000));
  expect(pidsIn(folder).filter(isAlive)).toEqual([]);
});

/** The most memory that this process takes while something runs, in MB more than before. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  await work();
  clearInterval(timer);
  return (most - before) / 2 ** 20;
}

/** JavaScript that writes a gigabyte. */
const flood = (text: string) =>
  `const piece = Buffer.from(${JSON.stringify(text)}.repeat(Math.ceil(2 ** 20 / ${text.length})));
   let left = 1024; const more = () => { while (left-- > 0) if (!process.stdout.write(piece)) return process.stdout.once('drain', more); }; more();`;

test('a gigabyte without a line end is ended and named', async () => {
  let reason = '';
  const grown = await growth(async () => {
    const { outcome } = await run(flood('{"a":'));
    expect(outcome.state).toBe('failed');
    reason = outcome.state === 'failed' ? outcome.reason : '';
  });
  expect(reason).toMatch(/output is wrong: a line is longer than 1.00 MB; it begins with `\{"a":.{50,60}…`/);
  expect(reason.length).toBeLessThan(300);
  expect(grown).toBeLessThan(150);
});

test('a gigabyte of points is ended and named', async () => {
  let points = 0;
  const grown = await growth(async () => {
    const { outcome } = await run(flood('{"step":1,"loss":2}\n'), {}, () => points++);
    expect(outcome).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('it wrote more than 1,000,000 points of its curve'),
    });
  });
  expect(points).toBeLessThan(20_000);
  expect(grown).toBeLessThan(150);
}, 60_000);

test('many points are kept as evenly spread ones, the first and the last among them', async () => {
  const { outcome } = await run(
    `let text = ''; for (let i = 1; i <= 100001; i++) text += '{"step":' + i + ',"loss":2}\\n';
     process.stdout.write(text + '{"accuracy":0.5}\\n')`,
  );
  if (outcome.state !== 'complete') throw new Error('it failed');
  const steps = outcome.curve.map(({ step }) => step);
  expect(steps.length).toBeLessThan(2002);
  expect(steps[0]).toBe(1);
  expect(steps.at(-1)).toBe(100_001);
  expect(steps[11]).toBe(11 * ((steps[1] ?? 0) - 1) + 1);
});

test.each([500_000, 20_000_000])('a reason of %i characters is cut off, and says so', async (length) => {
  const { outcome } = await run(`process.stdout.write('{"failed":"' + 'x'.repeat(${length}) + '"}\\n')`);
  if (outcome.state !== 'failed') throw new Error('it is complete');
  expect(outcome.reason.length).toBeLessThan(1100);
  expect(outcome.reason).toMatch(/cut off here: 500 k characters|longer than 1.00 MB/);
});

test('a progress bar does not stand in for the reason', async () => {
  const said = [
    '\\r 0%|          | 0/10 [00:00<?, ?it/s]',
    '\\r 50%|█████     | 5/10 [00:01<00:01, 5.0it/s]',
  ];
  const { outcome } = await run(
    `process.stderr.write("epoch 1\\rCUDA out of memory\\n${said.join('')}"); process.exitCode = 1`,
  );
  expect(outcome).toMatchObject({
    state: 'failed',
    reason: 'The command failed, exit code 1: CUDA out of memory',
  });
});
