/** Killed at any moment and resumed, a search finds every finished trial, once, and ends with the same front. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigInput, resume } from '../src/app/index.js';
import { createRandom, packageRoot } from '../src/base/index.js';
import { readRun } from '../src/runs/index.js';
import { dryRun, outcomeOf, searchIn, temporaryFolder } from './support/searching.js';

/** The journal's lines that say a trial is finished, as they were written. */
function finishedLines(folder: string): string[] {
  const lines = readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n').slice(0, -1);
  return lines.filter((line) => line.includes('"type":"tell"'));
}

/** Each trial once. */
function expectEachOnce(lines: readonly string[], trials: number): void {
  const ids = lines.map((line) => (JSON.parse(line) as { id: number }).id);
  expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: trials }, (_, i) => i));
}

test('a journal that ends anywhere is gone on with to the same trials and the same front', async () => {
  const root = temporaryFolder();
  const whole = await searchIn(root, { ...dryRun, workers: 3 });
  const expected = outcomeOf(whole.folder);
  const journal = readFileSync(join(whole.folder, 'journal.jsonl'));
  const random = createRandom('kill points');
  for (let i = 0; i < 6; i++) {
    const folder = join(root, `cut-${i}`);
    cpSync(whole.folder, folder, { recursive: true });
    rmSync(join(folder, 'front.json'));
    truncateSync(join(folder, 'journal.jsonl'), random.int(journal.length));
    const before = finishedLines(folder);
    const { result } = await resume(folder, { root });
    const after = finishedLines(folder);
    expect(after.slice(0, before.length)).toEqual(before);
    expectEachOnce(after, expected.length);
    expect(outcomeOf(folder)).toEqual(expected);
    expect(result.front).toEqual(whole.result.front);
    expect(existsSync(join(folder, 'front.json'))).toBe(true);
  }
});

test('a search that is killed again and again loses no finished trial', async () => {
  const root = temporaryFolder();
  const config: ConfigInput = { ...dryRun, evaluator: { name: 'synthetic', seconds: 0.05 } };
  const whole = await searchIn(root, { ...config, name: 'whole' });
  const folder = join(root, 'dry-1');
  /** It is killed once it has printed so many lines: before the run is open, as it opens, after some trials. */
  const moments = [0, 1, 4, 8];
  let kills = 0;
  for (;;) {
    const before = existsSync(folder) ? finishedLines(folder) : [];
    const child = spawn(
      process.execPath,
      [
        join(packageRoot(), 'tests/support/search-process.mjs'),
        existsSync(folder) ? 'resume' : 'new',
        root,
        JSON.stringify(config),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
    const moment = moments[kills] ?? Number.POSITIVE_INFINITY;
    let lines = 0;
    const killIfDue = () => lines >= moment && child.kill('SIGKILL');
    child.once('spawn', killIfDue);
    child.stdout.on('data', (chunk: Buffer) => {
      lines += chunk.toString().split('\n').length - 1;
      killIfDue();
    });
    const [code, signal] = await exit;
    if (existsSync(folder)) expect(finishedLines(folder).slice(0, before.length)).toEqual(before);
    if (signal !== 'SIGKILL') {
      expect(code).toBe(0);
      break;
    }
    kills++;
  }
  expect(kills).toBe(moments.length);
  expectEachOnce(finishedLines(folder), 40);
  expect(outcomeOf(folder)).toEqual(outcomeOf(whole.folder));
  const { front } = JSON.parse(readFileSync(join(folder, 'front.json'), 'utf8')) as typeof whole.result;
  expect(front).toEqual(whole.result.front);
  expect(readRun(folder)).toMatchObject({ problems: [], live: false, ended: { reason: 'trials' } });
}, 180_000);

test('two that resume one run at once: one continues, the other fails and says so', async () => {
  const root = temporaryFolder();
  const slow: ConfigInput = { ...dryRun, evaluator: { name: 'synthetic', seconds: 0.05 } };
  const controller = new AbortController();
  const { folder } = await searchIn(root, slow, {
    signal: controller.signal,
    onEvent: (event) => event.type === 'finished' && event.finished === 3 && controller.abort(),
  });
  const script = join(packageRoot(), 'tests/support/search-process.mjs');
  const child = spawn(process.execPath, [script, 'resume', root, JSON.stringify(slow)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  await expect(resume(folder, { root })).rejects.toMatchObject({
    code: 'bad-run',
    message: expect.stringContaining(`being written by process ${child.pid}`),
  });
  expect(await exit).toEqual([0, null]);
  expectEachOnce(finishedLines(folder), 40);
});
