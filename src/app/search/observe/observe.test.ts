import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SearchEvent } from '../events.js';
import { openRunLog, withoutCredentials } from './log-file.js';
import { startObserver } from './index.js';
import { parseMetricsAddress } from '../../metrics/index.js';
import { openMetrics } from './search-metrics.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-observe-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened: SearchEvent = {
  type: 'opened',
  run: 'a',
  folder: '/runs/a',
  resumed: false,
  backend: 'tensorflow',
  workers: 2,
  finished: 3,
  trials: 10,
};
const asked: SearchEvent = { type: 'asked', trial: 3, known: { 'latencyMs.mali-g76': 7 } };
const finished: SearchEvent = {
  type: 'finished',
  trial: 3,
  state: 'complete',
  reason: undefined,
  values: { accuracy: 0.75 },
  seconds: 12,
  finished: 4,
  trials: 10,
  onFront: true,
  front: 2,
  hypervolume: 0.6,
};
const crashed: SearchEvent = { type: 'crashed', worker: 1, reason: 'lost redis://me:secret@host:6379' };
const lines = () =>
  readFileSync(join(folder, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a log holds what is as important as its level, a line of JSON each, and is appended to', async () => {
  for (const logLevel of ['info', 'debug'] as const) {
    const observer = await startObserver({ logLevel }, () => {});
    observer.open({ name: 'a', folder }, 3);
    for (const event of [opened, asked, finished, crashed]) observer.emit(event);
    observer.failed(new Error('no space'));
    await observer.close();
  }
  const first = ['opened', 'finished', 'crashed', 'failed'];
  const second = ['opened', 'asked', 'finished', 'crashed', 'failed'];
  expect(lines().map(({ event }) => event)).toEqual([...first, ...second]);
  expect(lines().map(({ level }) => level)).toContain('debug');
  expect(lines()[1]).toMatchObject({ trial: 3, values: { accuracy: 0.75 }, pid: process.pid });
  expect(new Date(lines()[0]?.['time'] as string).getTime()).toBeGreaterThan(1.7e12);
});

test('passwords in addresses are in no log', () => {
  const log = openRunLog(folder, 'info', () => {});
  log.event(crashed);
  log.event({ type: 'notice', text: 'https://user:pass word@x and s3://key@bucket' });
  log.close();
  const text = readFileSync(join(folder, 'log.jsonl'), 'utf8');
  expect(text).not.toMatch(/secret/);
  expect(lines()[0]).toMatchObject({ reason: 'lost redis://***@host:6379' });
  expect(withoutCredentials('a@b, mailto:c@d, rediss://:pw@h')).toBe('a@b, mailto:c@d, rediss://***@h');
});

test('a log that cannot be written says so once; a link is never followed', () => {
  const mine = join(folder, 'mine');
  writeFileSync(mine, 'precious');
  symlinkSync(mine, join(folder, 'log.jsonl'));
  const said: string[] = [];
  const log = openRunLog(folder, 'info', (text) => said.push(text));
  log.event(finished);
  log.event(finished);
  log.close();
  expect(said).toEqual([expect.stringMatching(/^log.jsonl is not written: .*symbolic link/)]);
  expect(readFileSync(mine, 'utf8')).toBe('precious');
});

test('a silent log is none', () => {
  openRunLog(folder, 'silent', () => {}).event(finished);
  expect(readdirSync(folder)).toEqual([]);
});

test('metrics are those of the run, as Prometheus reads them', async () => {
  const metrics = await openMetrics({ host: '127.0.0.1', port: 0 });
  const { host, port } = metrics.address;
  try {
    metrics.nameRun('a');
    metrics.worker(0, process.pid);
    for (const event of [opened, asked, { ...asked, trial: 4 }, finished, crashed]) metrics.event(event);
    const response = await fetch(`http://${host}:${port}/metrics`);
    expect(response.headers.get('content-type')).toMatch('text/plain');
    const text = await response.text();
    const valueOf = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.replace(/.* /, ''),
      );
    expect(valueOf('mixnas_trials_total{state="complete",run="a"}')).toBe(1);
    expect(valueOf('mixnas_trials_running')).toBe(1);
    expect(valueOf('mixnas_trials_finished')).toBe(4);
    expect(valueOf('mixnas_trials_wanted')).toBe(10);
    expect(valueOf('mixnas_best_accuracy')).toBe(0.75);
    expect(valueOf('mixnas_worker_crashes_total')).toBe(1);
    expect(valueOf('mixnas_trial_seconds_sum')).toBe(12);
    expect(valueOf('mixnas_worker_memory_bytes{worker="0"')).toBeGreaterThan(1e7);
    expect(valueOf('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect((await fetch(`http://${host}:${port}/journal.jsonl`)).status).toBe(404);
    await expect(openMetrics({ host, port })).rejects.toThrow(/cannot be listened on/);
  } finally {
    await metrics.close();
  }
});

test('an address is a port, or a host and a port', () => {
  expect(parseMetricsAddress('9464')).toEqual({ host: '127.0.0.1', port: 9464 });
  expect(parseMetricsAddress('0.0.0.0:9464')).toEqual({ host: '0.0.0.0', port: 9464 });
  expect(parseMetricsAddress('[::1]:9464')).toEqual({ host: '::1', port: 9464 });
  for (const wrong of ['', 'here', '70000', 'host:']) {
    expect(() => parseMetricsAddress(wrong)).toThrow(/is not a port/);
  }
});

test('the memory of a worker on another machine is not that of a process here', async () => {
  const probe = await openMetrics({ host: '127.0.0.1', port: 0 });
  const { port } = probe.address;
  await probe.close();
  const observer = await startObserver({ metrics: String(port) }, () => {});
  try {
    observer.worker({ worker: 0, state: 'started', pid: process.pid });
    observer.worker({ worker: 1, state: 'started', pid: process.pid, host: 'elsewhere' });
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).toMatch(/^mixnas_worker_memory_bytes\{worker="0"/m);
    expect(text).not.toContain('worker="1"');
  } finally {
    await observer.close();
  }
});
