import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { makeMemoryGroup } from './cgroup.js';
import { ProcessLimits } from './process-limits.js';
import { memoryOfTree } from './process-memory.js';

afterEach(() => vi.restoreAllMocks());

/** A process that takes memory, 20 MB at a time, in a child of its own; it says so when it holds all. */
function greedy(megabytes: number) {
  const code = `const { spawn } = require('node:child_process');
    if (process.argv[1]) {
      const held = [];
      const more = () => {
        if (held.length * 20 < ${megabytes}) { held.push(Buffer.alloc(20e6, 1)); setTimeout(more, 20); }
        else console.log('whole');
      };
      more();
      setInterval(() => {}, 1000);
    } else spawn(process.execPath, ['-e', process.env.CODE, 'child'], { stdio: 'inherit' });
    setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['-e', code], { env: { ...process.env, CODE: code }, detached: true });
}
const end = (pid: number | undefined) => {
  try {
    process.kill(-(pid ?? 0), 'SIGKILL');
  } catch {
    // It is gone.
  }
};

test('the memory of a process is that of all that it has started', async () => {
  const child = greedy(200);
  try {
    await once(child.stdout, 'data');
    const bytes = await memoryOfTree(child.pid as number);
    expect(bytes).toBeGreaterThan(200e6);
    expect(bytes).toBeLessThan(600e6);
    expect(await memoryOfTree(2 ** 30)).toBe(0);
  } finally {
    end(child.pid);
  }
});

test('a process that is watched is ended past its memory, and says so', async () => {
  const child = greedy(2000);
  const limits = new ProcessLimits(
    child.pid as number,
    { memory: 300 },
    () => end(child.pid),
    () => undefined,
  );
  limits.begin();
  const [, signal] = (await once(child, 'exit')) as [unknown, string];
  expect(signal).toBe('SIGKILL');
  expect(limits.end()).toBe('more than 300 MB of memory');
  limits.close();
});

test('a group of the system ends what takes more, where one may be made', async (context) => {
  const probe = makeMemoryGroup(`mixnas-test-${process.pid}`, 300e6);
  context.skip(probe === undefined, 'no memory group may be made here');
  probe?.remove();
  const child = greedy(2000);
  const limits = new ProcessLimits(child.pid as number, { memory: 300 }, () => end(child.pid));
  limits.begin();
  await expect.poll(() => limits.end(), { timeout: 60_000 }).toMatch('more than 300 MB of memory');
  end(child.pid);
  limits.close();
});

test('a trial past its time is ended; one before it is over in time is not', async () => {
  const child = greedy(20);
  const limits = new ProcessLimits(child.pid as number, { seconds: 0.5 }, () => end(child.pid));
  limits.begin();
  expect(limits.end()).toBeUndefined();
  limits.begin();
  await once(child, 'exit');
  expect(limits.end()).toBe('longer than 0.5 s');
  limits.close();
});
