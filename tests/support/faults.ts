/** A fleet that something happens to: a Redis of its own for each test, workers and a search in processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type ConfigInput, search } from '../../src/app/index.js';
import { packageRoot } from '../../src/base/index.js';
import { RedisServer } from './redis.js';
import { outcomeOf } from './searching.js';

export const trials = 24;
export const faultConfig = {
  name: 'fleet',
  evaluator: 'synthetic',
  sampler: 'nsga2',
  budget: { trials },
  workers: 4,
} satisfies ConfigInput;

/** Waits for a condition, looking often. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 600): Promise<void> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await wait(20))
    if (await condition()) return;
  throw new Error(`not within ${seconds} s: ${condition.toString()}`);
}

/** Trials that have their line in the journal. */
export const finishedIn = (folder: string): number =>
  existsSync(join(folder, 'journal.jsonl'))
    ? readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('"type":"tell"').length - 1
    : 0;

/** How many trials were told, and what came of each. */
export const wholeIn = (folder: string) => ({ told: finishedIn(folder), trials: outcomeOf(folder) });

/** To be made in a `describe`: its hooks start Redis before each test and end everything after it. */
export class FaultyFleet {
  redis = undefined as unknown as RedisServer;
  root = '';
  /** What an unbroken search on one machine gives. */
  expected: unknown;
  readonly #processes: ChildProcess[] = [];
  readonly #folders: string[] = [];

  constructor() {
    beforeAll(async () => {
      this.expected = wholeIn((await search(faultConfig, { root: this.newFolder() })).folder);
    });
    afterAll(() => {
      for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      this.root = this.newFolder();
      this.redis = await RedisServer.start();
    });
    afterEach(async () => {
      for (const child of this.#processes.splice(0)) child.kill('SIGKILL');
      await this.redis.close();
    });
  }

  newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'mixnas-faults-'));
    this.#folders.push(folder);
    return folder;
  }

  /** The config of the search, over this Redis. */
  get config(): ConfigInput {
    return { ...faultConfig, executor: { kind: 'bullmq', redis: this.redis.url } };
  }

  /** Ends with the test. */
  own<C extends ChildProcess>(child: C): C {
    this.#processes.push(child);
    return child;
  }

  /** A worker that trains nothing: see `fleet-worker.mjs` for what it can do wrong. */
  startWorker(options: Readonly<Record<string, unknown>> = {}): ChildProcess & { readonly said: string[] } {
    const script = join(packageRoot(), 'tests/support/fleet-worker.mjs');
    const child = spawn(process.execPath, [script, JSON.stringify({ redis: this.redis.url, ...options })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: string[] = [];
    child.stdout.on('data', (data: Buffer) => said.push(data.toString()));
    return Object.assign(this.own(child), { said });
  }

  /** A search; `words` is what it has said on standard error. */
  startCoordinator(
    how: 'new' | 'resume',
    { root = this.root, env = {} }: { root?: string; env?: Readonly<Record<string, string>> } = {},
  ): ChildProcess & { readonly words: string[] } {
    const script = join(packageRoot(), 'tests/support/search-process.mjs');
    const child = spawn(process.execPath, [script, how, root, JSON.stringify(this.config)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const words: string[] = [];
    child.stderr.on('data', (data: Buffer) => words.push(data.toString()));
    child.stdout.resume();
    return Object.assign(this.own(child), { words });
  }
}
