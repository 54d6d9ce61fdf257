/** What may go wrong with a fleet: after each fault every finished trial is there, once, and the front is the same. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigInput, resume, search } from '../../src/app/index.js';
import { packageRoot } from '../../src/base/index.js';
import { readRun } from '../../src/runs/index.js';
import { RedisServer, withoutRedis } from '../support/redis.js';
import { outcomeOf } from '../support/searching.js';

const trials = 24;
const config = {
  name: 'fleet',
  evaluator: 'synthetic',
  sampler: 'nsga2',
  budget: { trials },
  workers: 4,
} satisfies ConfigInput;

let redis: RedisServer;
let root: string;
let expected: unknown;
const processes: ChildProcess[] = [];
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-faults-'));
  folders.push(folder);
  return folder;
}

const over = (server: RedisServer, more: object = {}): ConfigInput => ({
  ...config,
  executor: { kind: 'bullmq', redis: server.url, ...more },
});

function startWorker(
  options: Readonly<Record<string, unknown>> = {},
): ChildProcess & { readonly said: string[] } {
  const script = join(packageRoot(), 'tests/support/fleet-worker.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify({ redis: redis.url, ...options })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  child.stdout.on('data', (data: Buffer) => said.push(data.toString()));
  processes.push(child);
  return Object.assign(child, { said });
}

function startCoordinator(how: 'new' | 'resume', given: ConfigInput): ChildProcess {
  const script = join(packageRoot(), 'tests/support/search-process.mjs');
  const child = spawn(process.execPath, [script, how, root, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  return child;
}

const finishedIn = (folder: string): number =>
  existsSync(join(folder, 'journal.jsonl'))
    ? readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('"type":"tell"').length - 1
    : 0;

async function until(condition: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await wait(20))
    if (await condition()) return;
  throw new Error(`not within ${seconds} s: ${condition.toString()}`);
}

/** How many trials were told, and what came of each. */
const wholeIn = (folder: string) => ({ told: finishedIn(folder), trials: outcomeOf(folder) });

describe.skipIf(withoutRedis !== undefined)(
  `faults of a fleet${withoutRedis ? `: skipped, ${withoutRedis}` : ''}`,
  () => {
    beforeAll(async () => {
      expected = wholeIn((await search(config, { root: newFolder() })).folder);
    });
    afterAll(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      root = newFolder();
      redis = await RedisServer.start();
    });
    afterEach(async () => {
      for (const child of processes.splice(0)) child.kill('SIGKILL');
      await redis.close();
    });

    test('the coordinator is killed: its successor takes over what its workers finished', async () => {
      startWorker({ places: 2, ms: 150 });
      const folder = join(root, 'fleet-1');
      for (const [how, moment] of [
        ['new', 3],
        ['resume', 9],
        ['resume', 15],
      ] as const) {
        const coordinator = startCoordinator(how, over(redis));
        await until(() => finishedIn(folder) >= moment);
        coordinator.kill('SIGKILL');
        await once(coordinator, 'exit');
      }
      const before = finishedIn(folder);
      const { complete } = await resume(folder, { root });
      expect(complete).toBe(trials);
      expect(before).toBeLessThan(trials);
      expect(wholeIn(folder)).toEqual(expected);
    });

    test('a worker is killed: its trials go to another', async () => {
      const first = startWorker({ name: 'first', places: 2, ms: 300 });
      startWorker({ name: 'second', ms: 50 });
      const searching = search(over(redis), { root });
      await until(() => first.said.join('').includes('"type":"finished"'));
      first.kill('SIGKILL');
      const { folder } = await searching;
      expect(wholeIn(folder)).toEqual(expected);
    });

    test('a training process is killed: its trial is tried again, and its worker lives', async () => {
      const worker = spawn(
        process.execPath,
        [join(packageRoot(), 'bin', 'mixnas.mjs'), 'worker', '--redis', redis.url, '--places', '2', '--json'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      processes.push(worker);
      const slow = { ...over(redis), evaluator: { name: 'synthetic', seconds: 0.2 } } satisfies ConfigInput;
      const notices: string[] = [];
      const searching = search(slow, {
        root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      const children = () => readFileSync(`/proc/${worker.pid}/task/${worker.pid}/children`, 'utf8').trim();
      const folder = join(root, 'fleet-1');
      for (const moment of [2, 8]) {
        await until(() => finishedIn(folder) >= moment && children() !== '');
        for (const child of children().split(' ')) process.kill(Number(child), 'SIGKILL');
      }
      await searching;
      expect(notices.join('\n')).toMatch(/ended from outside by SIGKILL/);
      expect(worker.exitCode).toBe(null);
      expect(wholeIn(folder)).toEqual(expected);
    });

    for (const [how, args] of [
      ['which keeps its jobs', ['--appendonly', 'yes', '--appendfsync', 'always']],
      ['which forgets its jobs', []],
    ] as const) {
      test(`Redis is killed and comes back, ${how}`, async () => {
        await redis.close();
        redis = await RedisServer.start(...args);
        startWorker({ places: 3, ms: 100 });
        const searching = search(over(redis), { root });
        const folder = join(root, 'fleet-1');
        for (const moment of [4, 12]) {
          await until(() => finishedIn(folder) >= moment);
          await redis.down();
          await wait(700);
          await redis.up();
        }
        await searching;
        expect(wholeIn(folder)).toEqual(expected);
      });
    }

    test('what lies, comes twice or comes late is not believed', async () => {
      const notices: string[] = [];
      // Slow enough that the lies come first.
      startWorker({ places: 4, ms: 2500 });
      const searching = search(over(redis), {
        root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      const client = new Redis(redis.url, { maxRetriesPerRequest: null });
      const queue = new Queue('mixnas', { connection: client, prefix: 'mixnas' });
      let jobs: { id: string; reply: string; trial: number }[] = [];
      await until(async () => {
        const active = await queue.getActive();
        jobs = active.map(({ id = '', data }) => ({ id, reply: data.reply, trial: data.trial }));
        return jobs.length >= 3;
      });
      const say = (reply: string, ...messages: string[]) =>
        client.rpush(`mixnas-fleet:mixnas:reply:${reply}`, ...messages);
      const claim = (job: string, trial: number, accuracy: string) =>
        `{"type":"outcome","job":"${job}","trial":${trial},"outcome":{"state":"complete","values":{"accuracy":${accuracy}},"curve":[],"seconds":1}}`;
      const [, one, two] = jobs as [never, (typeof jobs)[number], (typeof jobs)[number]];
      await say(
        one.reply,
        'no message',
        '{"type":"outcome"}',
        claim(one.id, one.trial, 'NaN'),
        claim('none', 0, '0.5'),
      );
      await say(one.reply, claim(one.id, one.trial + 1, '0.9'));
      await say(two.reply, claim(two.id, two.trial, '1.5'));
      // A truth that is told again and again, and a lie after it.
      const folder = join(root, 'fleet-1');
      await until(() => finishedIn(folder) >= 8);
      await say(one.reply, ...jobs.map(({ id, trial }) => claim(id, trial, '0.99')));
      await searching;
      await queue.close();
      client.disconnect();
      expect(notices.join('\n')).toMatch(/an accuracy of 1.5: it was not believed/);
      expect(notices.join('\n')).toMatch(/where it had trial/);
      expect(notices.join('\n')).toMatch(/said what no worker/);
      expect(wholeIn(folder)).toEqual(expected);
    });

    test('a worker hangs: others take its trials, and what it says later does not count', async () => {
      const hanging = startWorker({ name: 'hanging', ms: 200, lockMs: 4000 });
      const notices: string[] = [];
      const searching = search(over(redis), {
        root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      await until(() => hanging.said.join('').includes('"type":"finished"'));
      hanging.kill('SIGSTOP');
      startWorker({ name: 'other', ms: 20, lockMs: 4000 });
      const folder = join(root, 'fleet-1');
      // Between two trials there is nothing to lose: then the search ends without it.
      const isLost = () => /hanging shows no sign of life|Its worker was lost/.test(notices.join());
      await until(() => isLost() || finishedIn(folder) === trials);
      hanging.kill('SIGCONT');
      await searching;
      expect(wholeIn(folder)).toEqual(expected);
    });

    test('a worker of another version refuses with both versions, and another takes the trials', async () => {
      const notices: string[] = [];
      const old = startWorker({ name: 'old', version: '0.0.1' });
      const searching = search(over(redis), {
        root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      await until(() => notices.some((text) => text.includes('runs mixnas 0.0.1, the search 0.')));
      expect(old.said.join('')).toContain('"type":"refused"');
      startWorker({ name: 'new' });
      const { folder } = await searching;
      expect(wholeIn(folder)).toEqual(expected);
    });

    test('a program that a queue names is not started by a worker that was not told so', async () => {
      const notices: string[] = [];
      startWorker({ name: 'careful' });
      const proof = join(root, 'proof');
      const stop = new AbortController();
      const searching = search(
        { ...over(redis), evaluator: { name: 'command', command: ['touch', proof] } },
        {
          root,
          signal: stop.signal,
          onEvent: (event) => event.type === 'notice' && notices.push(event.text),
        },
      );
      await until(() => notices.some((text) => text.includes('takes no trials of the evaluator command')));
      stop.abort();
      await searching.catch(() => {});
      expect(existsSync(proof)).toBe(false);
    });

    test('clocks of workers jump by hours: nothing waits for them', async () => {
      startWorker({ name: 'jumping', places: 2, jump: true });
      startWorker({ name: 'steady' });
      const { folder } = await search(over(redis), { root });
      expect(wholeIn(folder)).toEqual(expected);
    });

    test('a copy of a run is searched at the same time: each is whole', async () => {
      startWorker({ places: 3, ms: 60 });
      const folder = join(root, 'fleet-1');
      const coordinator = startCoordinator('new', over(redis));
      await until(() => finishedIn(folder) >= 5);
      await expect(resume(folder, { root })).rejects.toMatchObject({ code: 'bad-run' });
      const copy = join(root, 'copy');
      cpSync(folder, copy, { recursive: true });
      const copied = resume(copy, { root });
      expect(await once(coordinator, 'exit')).toEqual([0, null]);
      await copied;
      expect(wholeIn(folder)).toEqual(expected);
      expect(wholeIn(copy)).toEqual(expected);
    });

    test('the run folder is moved while it is written: where it is now, it continues', async () => {
      startWorker({ places: 2, ms: 60 });
      const folder = join(root, 'fleet-1');
      const coordinator = startCoordinator('new', over(redis));
      let words = '';
      coordinator.stderr?.on('data', (data: Buffer) => {
        words += data.toString();
      });
      await until(() => finishedIn(folder) >= 5);
      const moved = join(root, 'moved');
      renameSync(folder, moved);
      await once(coordinator, 'exit');
      expect(words).toMatch(/lock is gone|no such file|taken/);
      await resume(moved, { root });
      expect(wholeIn(moved)).toEqual(expected);
    });

    test('the disk is full, then is not: no finished trial is lost', async () => {
      startWorker({ places: 2, ms: 60 });
      const folder = join(root, 'fleet-1');
      const coordinator = startCoordinator('new', over(redis));
      const exit = once(coordinator, 'exit');
      await until(() => finishedIn(folder) >= 5);
      // No file may grow: what is written next is cut off in the middle of a line.
      const room = statSync(join(folder, 'journal.jsonl')).size + 100;
      execFileSync('prlimit', ['--pid', String(coordinator.pid), `--fsize=${room}:`]);
      const [code] = await exit;
      expect(code).not.toBe(0);
      expect(finishedIn(folder)).toBeLessThan(trials);
      await resume(folder, { root });
      expect(wholeIn(folder)).toEqual(expected);
      expect(readRun(folder).problems).toEqual([]);
    });
  },
);
