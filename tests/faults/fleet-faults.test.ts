/** What may go wrong with a fleet: after each fault every finished trial is there, once, and the front is the same. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { type ConfigInput, resume, search } from '../../src/app/index.js';
import { packageRoot } from '../../src/base/index.js';
import { readRun } from '../../src/runs/index.js';
import { FaultyFleet, finishedIn, trials, until, wholeIn } from '../support/faults.js';
import { RedisServer, withoutRedis } from '../support/redis.js';

describe.skipIf(withoutRedis !== undefined)(
  `faults of a fleet${withoutRedis ? `: skipped, ${withoutRedis}` : ''}`,
  () => {
    const fleet = new FaultyFleet();

    test('the coordinator is killed: its successor takes over what its workers finished', async () => {
      fleet.startWorker({ places: 2, ms: 150 });
      const folder = join(fleet.root, 'fleet-1');
      for (const [how, moment] of [
        ['new', 3],
        ['resume', 9],
        ['resume', 15],
      ] as const) {
        const coordinator = fleet.startCoordinator(how);
        await until(() => finishedIn(folder) >= moment);
        coordinator.kill('SIGKILL');
        await once(coordinator, 'exit');
      }
      const before = finishedIn(folder);
      const { complete } = await resume(folder, { root: fleet.root });
      expect(complete).toBe(trials);
      expect(before).toBeLessThan(trials);
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    test('a worker is killed: its trials go to another', async () => {
      const first = fleet.startWorker({ name: 'first', places: 2, ms: 300 });
      fleet.startWorker({ name: 'second', ms: 50 });
      const searching = search(fleet.config, { root: fleet.root });
      await until(() => first.said.join('').includes('"type":"finished"'));
      first.kill('SIGKILL');
      const { folder } = await searching;
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    test('a training process is killed: its trial is tried again, and its worker lives', async () => {
      const worker = spawn(
        process.execPath,
        [
          join(packageRoot(), 'bin', 'mixnas.mjs'),
          'worker',
          '--redis',
          fleet.redis.url,
          '--places',
          '2',
          '--json',
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      fleet.own(worker);
      const slow = { ...fleet.config, evaluator: { name: 'synthetic', seconds: 0.2 } } satisfies ConfigInput;
      const notices: string[] = [];
      const searching = search(slow, {
        root: fleet.root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      const children = () => readFileSync(`/proc/${worker.pid}/task/${worker.pid}/children`, 'utf8').trim();
      const folder = join(fleet.root, 'fleet-1');
      for (const moment of [2, 8]) {
        await until(() => finishedIn(folder) >= moment && children() !== '');
        for (const child of children().split(' ')) process.kill(Number(child), 'SIGKILL');
      }
      await searching;
      expect(notices.join('\n')).toMatch(/ended from outside by SIGKILL/);
      expect(worker.exitCode).toBe(null);
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    for (const [how, args] of [
      ['which keeps its jobs', ['--appendonly', 'yes', '--appendfsync', 'always']],
      ['which forgets its jobs', []],
    ] as const) {
      test(`Redis is killed and comes back, ${how}`, async () => {
        await fleet.redis.close();
        fleet.redis = await RedisServer.start(...args);
        fleet.startWorker({ places: 3, ms: 100 });
        const searching = search(fleet.config, { root: fleet.root });
        const folder = join(fleet.root, 'fleet-1');
        for (const moment of [4, 12]) {
          await until(() => finishedIn(folder) >= moment);
          await fleet.redis.down();
          await wait(700);
          await fleet.redis.up();
        }
        await searching;
        expect(wholeIn(folder)).toEqual(fleet.expected);
      });
    }

    test('what lies, comes twice or comes late is not believed', async () => {
      const notices: string[] = [];
      // Nothing is finished before the lies have come.
      const gate = join(fleet.root, 'gate');
      fleet.startWorker({ places: 4, until: gate });
      const searching = search(fleet.config, {
        root: fleet.root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      const client = new Redis(fleet.redis.url, { maxRetriesPerRequest: null });
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
      const lies = [/an accuracy of 1.5: it was not believed/, /where it had trial/, /said what no worker/];
      await until(() => lies.every((lie) => lie.test(notices.join('\n'))));
      writeFileSync(gate, '');
      // A truth that is told again and again, and a lie after it.
      const folder = join(fleet.root, 'fleet-1');
      await until(() => finishedIn(folder) >= 8);
      await say(one.reply, ...jobs.map(({ id, trial }) => claim(id, trial, '0.99')));
      await searching;
      await queue.close();
      client.disconnect();
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    test('a worker hangs: others take its trials, and what it says later does not count', async () => {
      const hanging = fleet.startWorker({ name: 'hanging', ms: 200, lockMs: 4000 });
      const notices: string[] = [];
      const searching = search(fleet.config, {
        root: fleet.root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      await until(() => hanging.said.join('').includes('"type":"finished"'));
      hanging.kill('SIGSTOP');
      fleet.startWorker({ name: 'other', ms: 20, lockMs: 4000 });
      const folder = join(fleet.root, 'fleet-1');
      // Between two trials there is nothing to lose: then the search ends without it.
      const isLost = () => /hanging shows no sign of life|Its worker was lost/.test(notices.join());
      await until(() => isLost() || finishedIn(folder) === trials);
      hanging.kill('SIGCONT');
      await searching;
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    test('a worker of another version refuses with both versions, and another takes the trials', async () => {
      const notices: string[] = [];
      const old = fleet.startWorker({ name: 'old', version: '0.0.1' });
      const searching = search(fleet.config, {
        root: fleet.root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      await until(() => notices.some((text) => text.includes('runs mixnas 0.0.1, the search 0.')));
      expect(old.said.join('')).toContain('"type":"refused"');
      fleet.startWorker({ name: 'new' });
      const { folder } = await searching;
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    test('a program that a queue names is not started by a worker that was not told so', async () => {
      const notices: string[] = [];
      fleet.startWorker({ name: 'careful' });
      const proof = join(fleet.root, 'proof');
      const stop = new AbortController();
      const searching = search(
        { ...fleet.config, evaluator: { name: 'command', command: ['touch', proof] } },
        {
          root: fleet.root,
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
      fleet.startWorker({ name: 'jumping', places: 2, jump: true });
      fleet.startWorker({ name: 'steady' });
      const { folder } = await search(fleet.config, { root: fleet.root });
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    test('the clock of the search jumps by hours: nothing is lost, and its run is whole', async () => {
      fleet.startWorker({ places: 2, ms: 60 });
      const folder = join(fleet.root, 'fleet-1');
      const coordinator = fleet.startCoordinator('new', { env: { MIXNAS_TEST_JUMP: '1' } });
      expect(await once(coordinator, 'exit')).toEqual([0, null]);
      expect(wholeIn(folder)).toEqual(fleet.expected);
      expect(readRun(folder).problems).toEqual([]);
    });

    test('a worker lies at first: no outcome of it counts that cannot be, and each trial is tried again', async () => {
      const notices: string[] = [];
      // Fewer lies than trials at once: each meets another trial.
      fleet.startWorker({ name: 'liar', lies: 3 });
      const { folder } = await search(fleet.config, {
        root: fleet.root,
        onEvent: (event) => event.type === 'notice' && notices.push(event.text),
      });
      const said = notices.join('\n');
      expect(said).toMatch(/said what no worker of this version says/);
      expect(said).toMatch(/liar said an accuracy of 1.5: it was not believed/);
      expect(said).toMatch(/liar said that it took -1 s: it was not believed/);
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    test('three searches resume one run at once: one does, the others say who has it', async () => {
      const folder = join(fleet.root, 'fleet-1');
      const worker = fleet.startWorker({ places: 2, ms: 60 });
      const first = fleet.startCoordinator('new');
      await until(() => finishedIn(folder) >= 5);
      const exits = [first, worker].map((child) => once(child, 'exit'));
      for (const child of [first, worker]) child.kill('SIGKILL');
      await Promise.all(exits);
      const rivals = [1, 2, 3].map(() => fleet.startCoordinator('resume'));
      const ended = rivals.map((rival) => once(rival, 'exit'));
      // No worker is there: who has the run waits until the others have given up.
      await until(() => rivals.filter(({ exitCode }) => exitCode !== null).length === 2);
      const owner = rivals.findIndex(({ exitCode }) => exitCode === null);
      for (const [i, { exitCode, words }] of rivals.entries()) {
        if (i === owner) continue;
        expect(exitCode).not.toBe(0);
        expect(words.join('')).toMatch(/bad-run/);
      }
      fleet.startWorker({ places: 2, ms: 60 });
      expect(await ended[owner]).toEqual([0, null]);
      expect(wholeIn(folder)).toEqual(fleet.expected);
    });

    test('a copy of a run is searched at the same time: each is whole', async () => {
      fleet.startWorker({ places: 3, ms: 60 });
      const folder = join(fleet.root, 'fleet-1');
      const coordinator = fleet.startCoordinator('new');
      await until(() => finishedIn(folder) >= 5);
      await expect(resume(folder, { root: fleet.root })).rejects.toMatchObject({ code: 'bad-run' });
      const copy = join(fleet.root, 'copy');
      cpSync(folder, copy, { recursive: true });
      const copied = resume(copy, { root: fleet.root });
      expect(await once(coordinator, 'exit')).toEqual([0, null]);
      await copied;
      expect(wholeIn(folder)).toEqual(fleet.expected);
      expect(wholeIn(copy)).toEqual(fleet.expected);
    });
  },
);
