import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openMeasureLog } from './log.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const record = (name: string, round: number) => ({
  name,
  round,
  us: 10 + round,
  deviationUs: 1,
  runs: 3,
  nodes: [{ node: 'a', us: 2 }],
});

test('what was appended is there when the log is opened again, and a torn line is not', () => {
  const path = join(folder, 'deep', 'log.jsonl');
  const log = openMeasureLog(path);
  log.append(record('b', 1));
  log.append(record('b', 0));
  log.append(record('a', 0));
  appendFileSync(path, JSON.stringify(record('c', 0)).slice(0, 20));
  const again = openMeasureLog(path);
  expect(again.rounds('b').map((r) => r.round)).toEqual([0, 1]);
  expect([again.has('a', 0), again.has('a', 1), again.has('c', 0)]).toEqual([true, false, false]);
  again.append(record('c', 0));
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(4);
});

test('a log that is no regular file, or without end, is refused', () => {
  const path = join(folder, 'device.jsonl');
  symlinkSync('/dev/zero', path);
  expect(() => openMeasureLog(path)).toThrow(/is a device, not a regular file/);
  rmSync(path);
  writeFileSync(path, Buffer.alloc(65 << 20, ' '));
  expect(() => openMeasureLog(path)).toThrow(/is larger than 67/);
});
