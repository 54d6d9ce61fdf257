import { expect, test } from 'vitest';
import { referenceArchitecture } from '../../models/index.js';
import { executorSchema } from '../executor-spec.js';
import { parseMessage } from './inbox.js';
import { type FleetJob, fleetJobSchema, jobName, mostMessageChars } from './protocol.js';
import { publicUrl, resolveRedis, withoutSecrets } from './redis.js';

const setup = { hash: 'a'.repeat(64), bytes: 10 };
const job: FleetJob = {
  version: '0.2.0',
  run: 'run',
  reply: '00000000-0000-0000-0000-000000000000',
  trial: 3,
  attempt: 1,
  evaluator: 'training',
  setup,
  architecture: referenceArchitecture('mixnet-s'),
  seed: 'seed 3',
  weights: true,
};
const outcome = {
  type: 'outcome',
  job: 'name',
  trial: 3,
  outcome: { state: 'complete', values: { accuracy: 0.5 }, curve: [], seconds: 1 },
};

test('a job has one name in every session, and another for anything that changes its outcome', () => {
  const again = { ...job, reply: '11111111-1111-1111-1111-111111111111' };
  expect(jobName(again)).toBe(jobName(job));
  const others: FleetJob[] = [
    { ...job, trial: 4 },
    { ...job, attempt: 2 },
    { ...job, seed: 'seed 4' },
    { ...job, run: 'other' },
    { ...job, version: '0.3.0' },
    { ...job, setup: { ...setup, hash: 'b'.repeat(64) } },
    { ...job, architecture: referenceArchitecture('mixnet-m') },
    { ...job, part: { from: 0, until: 5, save: true } },
  ];
  expect(new Set([job, ...others].map(jobName)).size).toBe(others.length + 1);
});

test('jobs with fields that no search writes are refused: nothing of them is run', () => {
  expect(fleetJobSchema.safeParse(job).success).toBe(true);
  for (const more of [{ command: ['sh'] }, { env: {} }, { trial: -1 }, { reply: '../../etc' }]) {
    expect(fleetJobSchema.safeParse({ ...job, ...more }).success).toBe(false);
  }
});

test('messages that no worker writes are none: too long, no JSON, no numbers, further fields', () => {
  expect(parseMessage(JSON.stringify(outcome))).toEqual(outcome);
  const padded = { ...outcome, job: 'x'.repeat(mostMessageChars) };
  const wrong = [
    JSON.stringify(padded),
    '{"type":"outcome"',
    JSON.stringify(outcome).replace('0.5', 'null'),
    JSON.stringify(outcome).replace('0.5', '1e999'),
    JSON.stringify({ ...outcome, run: 'sh' }),
    JSON.stringify({ ...outcome, weights: { hash: '../../../etc/passwd', bytes: 3 } }),
    JSON.stringify({ ...outcome, weights: { ...setup, bytes: 2 ** 40 } }),
  ];
  for (const text of wrong) expect(parseMessage(text)).toBeUndefined();
});

test('a password is left out of what people and files see, and refused in a config', () => {
  const url = 'rediss://me:p%40ssword@host:6380/2';
  expect(publicUrl(url)).toBe('rediss://host:6380/2');
  expect(withoutSecrets(`no way to ${url} with p@ssword`, url)).toBe(
    'no way to rediss://host:6380/2 with ***',
  );
  const bullmq = (redis: string) => executorSchema.safeParse({ kind: 'bullmq', redis }).success;
  expect(bullmq(url)).toBe(false);
  expect(bullmq('rediss://host:6380')).toBe(true);
  expect(bullmq('SOME_VARIABLE')).toBe(true);
  expect(resolveRedis('SOME_VARIABLE', { SOME_VARIABLE: url })).toBe(url);
  expect(() => resolveRedis('SOME_VARIABLE', {})).toThrow(/SOME_VARIABLE is not set/);
  expect(() => resolveRedis('SOME_VARIABLE', { SOME_VARIABLE: 'http://secret-host' })).toThrow(
    /value of SOME_VARIABLE is not a URL of Redis/,
  );
});
