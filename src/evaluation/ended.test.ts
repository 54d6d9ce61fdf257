import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isFromOutside, memoryKills, watchMemory } from './ended.js';

test('signals that someone sends are from outside, crashes are not', () => {
  expect(['SIGKILL', 'SIGTERM', 'SIGINT'].every(isFromOutside)).toBe(true);
  expect(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE'].some(isFromOutside)).toBe(false);
  expect([null, undefined].some(isFromOutside)).toBe(false);
});

test('a lack of memory is named where the system has ended a process for it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-ended-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const events = join(folder, 'memory.events');
  const files = [join(folder, 'missing'), events];
  expect(memoryKills(files)).toBeUndefined();
  writeFileSync(events, 'low 0\nmax 31\noom 2\noom_kill 2\noom_group_kill 0\n');
  expect(memoryKills(files)).toBe(2);
  const watched = watchMemory(files);
  expect(watched()).toBe('');
  writeFileSync(events, 'low 0\nmax 32\noom 3\noom_kill 3\noom_group_kill 0\n');
  expect(watched()).toMatch(/lack of memory/);
});
