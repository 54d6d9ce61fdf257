/** What a run's config starts when it is resumed: only what this user wanted. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type ConfigInput, resume } from '../src/app/index.js';
import { readRun } from '../src/runs/index.js';
import { dryRun, searchIn, temporaryFolder } from './support/searching.js';

afterEach(() => vi.unstubAllEnvs());

const program = (mark: string) => `
import { writeFileSync } from 'node:fs';
for await (const _ of process.stdin);
writeFileSync(${JSON.stringify(mark)}, '');
console.log(JSON.stringify({ accuracy: 0.5 }));`;

interface Made {
  readonly folder: string;
  /** Whether the program was started since it was last asked. */
  readonly wasStarted: () => boolean;
}

/** A run of two trials by this user, whose config starts a program. */
async function made(more: ConfigInput = {}): Promise<Made> {
  const root = temporaryFolder();
  vi.stubEnv('XDG_CONFIG_HOME', join(root, 'mine'));
  const mark = join(root, 'started');
  const path = join(root, 'train.mjs');
  writeFileSync(path, program(mark));
  const evaluator: ConfigInput['evaluator'] = { name: 'command', command: [process.execPath, path] };
  const config: ConfigInput = { ...dryRun, evaluator, budget: { trials: 2 }, workers: 1, ...more };
  const { folder } = await searchIn(root, config);
  const wasStarted = () => {
    const started = existsSync(mark);
    rmSync(mark, { force: true });
    return started;
  };
  wasStarted();
  return { folder, wasStarted };
}

const trialsOf = (folder: string) => readRun(folder).trials.length;

test('a run is resumed by who made it, wherever its folder is now', async () => {
  const { folder, wasStarted } = await made();
  await resume(folder, { trials: 3 });
  expect([wasStarted(), trialsOf(folder)]).toEqual([true, 3]);
  const key = join(process.env['XDG_CONFIG_HOME'] as string, 'mixnas', 'key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
});

test('a run of somebody else starts nothing before this user trusts it', async () => {
  const { folder, wasStarted } = await made();
  for (const other of [join(temporaryFolder(), 'theirs'), '/proc/self/nowhere']) {
    vi.stubEnv('XDG_CONFIG_HOME', other);
    const before = readFileSync(join(folder, 'journal.jsonl'));
    await expect(resume(folder, { trials: 3 })).rejects.toMatchObject({
      code: 'bad-run',
      message: expect.stringMatching(
        /^The run dry-1 would start `.*train.mjs`, and does not say that you made it/,
      ),
      remedy: expect.stringMatching(/config\.json\. If you trust it: .*resume .* --trust$/),
    });
    expect(wasStarted()).toBe(false);
    expect(readFileSync(join(folder, 'journal.jsonl'))).toEqual(before);
  }
  await resume(folder, { trials: 3, trust: true });
  expect([wasStarted(), trialsOf(folder)]).toEqual([true, 3]);
});

interface Config {
  readonly evaluator: { command: readonly string[] };
  alerts?: object;
  executor?: object;
}
const changes: readonly (readonly [field: string, does: string, change: (config: Config) => void])[] = [
  [
    'evaluator.command',
    'start `/bin/sh',
    ({ evaluator }) => {
      evaluator.command = ['/bin/sh', '-c', 'echo'];
    },
  ],
  [
    'alerts.command',
    'and start `touch x`',
    (config) => {
      config.alerts = { command: 'touch x' };
    },
  ],
  [
    'alerts.webhook',
    'and post to http://x/',
    (config) => {
      config.alerts = { webhook: 'http://x/' };
    },
  ],
  [
    'executor',
    'and send trials to redis://x:1 and s3://y',
    (config) => {
      config.executor = { kind: 'bullmq', redis: 'redis://x:1', store: 's3://y' };
    },
  ],
];

test.each(changes)(
  'a config that was changed is not the one that was wanted: %s',
  async (_, what, change) => {
    const { folder, wasStarted } = await made();
    const path = join(folder, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as Config;
    change(config);
    writeFileSync(path, JSON.stringify(config));
    await expect(resume(folder, { trials: 3 })).rejects.toThrow(what);
    expect(wasStarted()).toBe(false);
  },
);

test('a run that starts nothing is resumed by anybody', async () => {
  const { folder } = await made({ evaluator: 'synthetic' });
  vi.stubEnv('XDG_CONFIG_HOME', join(temporaryFolder(), 'theirs'));
  await resume(folder, { trials: 3 });
  expect(trialsOf(folder)).toBe(3);
});
