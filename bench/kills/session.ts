/** One process of a search, from its start to its end or its death, and what is left of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { packageRoot } from '../../src/base/index.js';

export interface Kill {
  readonly target: 'coordinator' | 'worker';
  /** So many trials must have finished in this session; undefined: from its start. */
  readonly afterTrials: number | undefined;
  /** So long after that. */
  readonly ms: number;
}

interface SessionOptions {
  /** The folder of runs; the run in it is `run-1`. */
  readonly root: string;
  readonly config: string;
  readonly kills: readonly Kill[];
}

interface Session {
  /** The kills that found somebody. */
  readonly killed: readonly Kill[];
  /** Its exit code; undefined where it was killed. */
  readonly code: number | undefined;
  readonly said: string;
  /** What was left of it two seconds after its end: command lines. */
  readonly left: readonly string[];
}

let sessions = 0;
/** Nothing may be left after so long. */
const patienceMs = 2000;

/** Starts the search, or resumes it; kills at the given moments what there is to kill. */
export async function runSession({ root, config, kills }: SessionOptions): Promise<Session> {
  const mark = `MIXNAS_KILLS=${process.pid}.${sessions++}`;
  const [name = '', value = ''] = mark.split('=');
  const args = existsSync(join(root, 'run-1')) ? ['resume', 'run-1'] : ['search', config];
  const child = spawn(
    process.execPath,
    [join(packageRoot(), 'bin/mixnas.mjs'), ...args, '--json', '--no-tui'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, MIXNAS_RUNS: root, [name]: value },
    },
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-500)));
  const exit = once(child, 'exit') as Promise<[number | null]>;
  let over = false;
  void exit.then(() => (over = true));
  const killed: Kill[] = [];
  const before = finishedIn(root);
  for (const kill of kills) {
    const wanted = before + (kill.afterTrials ?? Number.NEGATIVE_INFINITY);
    while (!over && finishedIn(root) < wanted) await wait(5);
    await Promise.race([exit, wait(kill.ms)]);
    if (over) break;
    const pid = kill.target === 'coordinator' ? child.pid : aWorker(mark, child.pid, killed.length);
    if (pid === undefined || !end(pid)) continue;
    killed.push(kill);
    if (kill.target === 'coordinator') break;
  }
  const [code] = await exit;
  const until = performance.now() + patienceMs;
  let left = processesOf(mark);
  while (left.length > 0 && performance.now() < until) {
    await wait(20);
    left = processesOf(mark);
  }
  for (const { pid } of left) end(pid);
  return { killed, code: code ?? undefined, said, left: left.map(({ command }) => command) };
}

/** Finished trials of the run; -1 before there is one. */
function finishedIn(root: string): number {
  const journal = join(root, 'run-1', 'journal.jsonl');
  if (!existsSync(journal)) return -1;
  return readFileSync(journal, 'utf8').split('"type":"tell"').length - 1;
}

function end(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** One of the processes that work for the coordinator; not its guard, which is there for the coordinator's own end. */
function aWorker(mark: string, coordinator: number | undefined, choice: number): number | undefined {
  const workers = processesOf(mark).filter(
    ({ pid, command }) => pid !== coordinator && !command.includes('programs/guard.'),
  );
  return workers[choice % Math.max(1, workers.length)]?.pid;
}

interface Found {
  readonly pid: number;
  readonly command: string;
}

/** The living processes with this variable in their environment. */
function processesOf(mark: string): Found[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) return [];
    try {
      if (!readFileSync(`/proc/${pid}/environ`).includes(`${mark}\0`)) return [];
      return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }];
    } catch {
      return []; // another user's, or gone
    }
  });
}
