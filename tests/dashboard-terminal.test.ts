/** The dashboard in a process of its own: whatever ends or stops it, the terminal comes back as it was. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import { makeUpRun } from './support/made-up-run.js';
import { createTerminal, type FakeTerminal } from './support/terminal.js';

const root = mkdtempSync(join(tmpdir(), 'mixnas-terminal-'));
let run: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  run = makeUpRun(root, 'recorded', { trials: 12 }).folder;
}, 60_000);
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** Starts it under a shell prompt, and waits for its first frame. */
async function start(...more: string[]) {
  const terminal = createTerminal(80, 24);
  terminal.streams.stdout.write('$ mixnas dashboard\r\n');
  const before = await terminal.screen();
  const child = spawn(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      join(packageRoot(), 'tests/support/dashboard-process.ts'),
      run,
      ...more,
    ],
    // A group of its own: Ctrl-Z stops the whole group.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  children.push(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    terminal.streams.stdout.write(chunk);
  });
  const exit = once(child, 'close');
  await terminal.waitFor('? help');
  expect(terminal.alternate).toBe(true);
  return { terminal, child, before, exit, errors: () => errors, said: () => said };
}

async function untilLeft(terminal: FakeTerminal): Promise<void> {
  await expect.poll(() => terminal.alternate, { timeout: 30_000 }).toBe(false);
}

describe.skipIf(process.platform === 'win32')('the terminal', () => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const)('comes back after %s', async (signal) => {
    const { terminal, child, before, exit } = await start();
    child.kill(signal);
    const [code, by] = (await exit) as [number | null, string | null];
    expect([3, signal]).toContain(code ?? by);
    await untilLeft(terminal);
    expect(await terminal.screen()).toEqual(before);
  });

  it('comes back after a crash, and the error is on the screen that stays', async () => {
    const { terminal, before, exit, errors } = await start('crash');
    const [code] = (await exit) as [number];
    expect(code).not.toBe(0);
    await untilLeft(terminal);
    expect(await terminal.screen()).toEqual(before);
    expect(errors()).toContain('it went wrong');
  });

  it('is given back on Ctrl-Z, and the dashboard’s again when it continues', async () => {
    const { terminal, child, before, exit, said } = await start();
    child.stdin?.write('\u001a');
    // A session of its own has no shell that could stop it: it continues by itself after a moment.
    const leave = '\u001b[?1049l';
    await expect.poll(said, { timeout: 30_000 }).toContain(leave);
    await expect.poll(() => said().split(leave).at(-1), { timeout: 30_000 }).toContain('\u001b[?1049h');
    process.kill(-(child.pid as number), 'SIGCONT');
    await terminal.waitFor('? help');
    expect(terminal.alternate).toBe(true);
    child.stdin?.write('q');
    expect(await exit).toEqual([0, null]);
    await untilLeft(terminal);
    expect(await terminal.screen()).toEqual(before);
  });
});
