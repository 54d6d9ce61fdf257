import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createAlertWatch, defaultAlerts, readAlerts } from '../../runs/index.js';
import { createAlerting } from './index.js';

const folderFor = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-alerts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A server that keeps what is posted, and answers with a status or not at all. */
async function webhook(status: number | undefined) {
  const posted: Record<string, unknown>[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posted.push(JSON.parse(body) as Record<string, unknown>);
      if (status !== undefined) response.writeHead(status).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { posted, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

const finished = (
  trial: number,
  accuracy: number | undefined,
  onFront = true,
  reason = 'failed at step 3',
) => ({
  type: 'finished' as const,
  trial,
  state: accuracy === undefined ? 'failed' : 'complete',
  reason: accuracy === undefined ? reason : undefined,
  values: accuracy === undefined ? {} : { accuracy },
  onFront: accuracy !== undefined && onFront,
});
const objective = { name: 'accuracy', direction: 'maximize' } as const;

test('a better first objective, failures alike, stagnation and the end give rise to one alert each', () => {
  const watch = createAlertWatch(
    { ...defaultAlerts, failures: 2, stagnation: 3 },
    { name: 'accuracy', more: true },
  );
  const trial = (id: number, quality: number | undefined, joined = true, reason?: string) =>
    watch
      .trial({ id, state: quality === undefined ? 'failed' : 'complete', reason, quality, joined })
      .map(({ kind }) => kind);
  expect(trial(0, 0.5)).toEqual(['best']);
  expect(trial(1, 0.4)).toEqual([]);
  expect(trial(2, 0.6, false)).toEqual([]);
  expect(trial(3, 0.7)).toEqual(['best']);
  expect(trial(4, undefined, false, 'diverged at step 12')).toEqual([]);
  expect(trial(5, undefined, false, 'diverged at step 30')).toEqual(['failures']);
  expect(trial(6, undefined, false, 'diverged at step 31')).toEqual(['stagnation']);
  expect(trial(7, undefined, false, 'another reason')).toEqual([]);
  expect(trial(8, 0.8)).toEqual(['best']);
  expect(watch.worker(1, 'killed').map(({ text }) => text)).toEqual(['worker 1 was lost: killed']);
  expect(watch.end('done')).toHaveLength(1);
  expect(
    createAlertWatch({ ...defaultAlerts, on: ['end'] }, { name: 'accuracy', more: true }).worker(1, 'x'),
  ).toEqual([]);
});

test('go to a program and a URL, and are logged; failures to send are logged, and disturb nothing', async () => {
  const folder = folderFor();
  const { posted, url } = await webhook(200);
  const out = join(folder, 'said.jsonl');
  const command = [
    process.execPath,
    '-e',
    `process.stdin.pipe(require('fs').createWriteStream(${JSON.stringify(out)}, { flags: 'a' }))`,
  ];
  const alerting = createAlerting({
    run: 'quick-1',
    folder,
    alerts: { ...defaultAlerts, command, webhook: url, everySeconds: 0 },
    objective,
    before: [],
  });
  alerting.take(finished(3, 0.61));
  alerting.take({ type: 'ended', reason: 'trials' });
  await alerting.close();
  expect(posted.map(({ kind, run, text }) => [kind, run, text])).toEqual([
    ['best', 'quick-1', 'mixnas quick-1: new best accuracy 61.00 % (trial 3)'],
    ['end', 'quick-1', 'mixnas quick-1: the search ended: its trials are done'],
  ]);
  const said = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string });
  expect(said.map(({ kind }) => kind).sort()).toEqual(['best', 'end']);
  expect(readAlerts(folder)).toMatchObject([
    { kind: 'best', trial: 3, sent: ['command', 'webhook'] },
    { kind: 'end', sent: ['command', 'webhook'] },
  ]);
  expect(readAlerts(folder).every(({ failed }) => failed === undefined)).toBe(true);
});

test.each([
  ['answers 500', () => webhook(500).then(({ url }) => ({ webhook: url })), 'answered 500'],
  ['never answers', () => webhook(undefined).then(({ url }) => ({ webhook: url })), 'cannot be reached'],
  ['is not there', () => Promise.resolve({ webhook: 'http://127.0.0.1:9/x' }), 'cannot be reached'],
  ['is in no variable', () => Promise.resolve({ webhook: '$MIXNAS_NO_SUCH_HOOK' }), 'is not set'],
  ['has no program', () => Promise.resolve({ command: ['/nowhere/program'] }), 'ENOENT'],
  ['has a program that fails', () => Promise.resolve({ command: 'exit 3' }), 'ended with 3'],
  [
    'has a program that hangs',
    () => Promise.resolve({ command: [process.execPath, '-e', 'setTimeout(() => {}, 60000)'] }),
    'took longer',
  ],
])('an alert whose way %s is logged with that', async (_name, ways, says) => {
  const folder = folderFor();
  const alerting = createAlerting({
    run: 'quick-1',
    folder,
    alerts: { ...defaultAlerts, ...(await ways()), timeoutSeconds: 1 },
    objective,
    before: [],
  });
  expect(() => alerting.take(finished(1, 0.5))).not.toThrow();
  await alerting.close();
  const [alert] = readAlerts(folder);
  expect(alert).toMatchObject({ kind: 'best' });
  expect(alert?.failed).toContain(says);
});

test('of many alerts of one kind at once the first and the last are sent', async () => {
  const folder = folderFor();
  const alerting = createAlerting({
    run: 'r',
    folder,
    alerts: { ...defaultAlerts, everySeconds: 60 },
    objective,
    before: [finished(0, 0.3)],
  });
  for (let i = 1; i <= 50; i++) alerting.take(finished(i, 0.3 + i / 100));
  await alerting.close();
  expect(readAlerts(folder).map(({ trial }) => trial)).toEqual([1, 50]);
});

test('a log that cannot be written, or holds what is no alert, disturbs nothing', async () => {
  const gone = join(folderFor(), 'gone');
  const alerting = createAlerting({ run: 'r', folder: gone, alerts: defaultAlerts, objective, before: [] });
  alerting.take(finished(1, 0.5));
  await alerting.close();
  expect(readAlerts(gone)).toEqual([]);
  const folder = folderFor();
  writeFileSync(
    join(folder, 'alerts.jsonl'),
    'nothing\n{"t":1,"kind":"best","text":"a\\u001b[2J"}\n{"t":"x"}\n',
  );
  expect(readAlerts(folder)).toHaveLength(1);
  expect(readAlerts(folder)[0]?.text).not.toContain('\u001b');
});
