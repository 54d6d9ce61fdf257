/**
 * A process that outlives the one it guards: when that is gone, however it ended, it ends the programs that still
 * run, with all that they have started, and itself. It reads a line for each thing that happens to a program:
 *
 *     start MARK        it is about to start, with MARK in its environment
 *     group MARK PID    it runs, as the leader of process group PID
 *     kill MARK         it was ended; what has left its group is to be ended too
 *     end MARK          it is over
 *
 * The group alone does not hold what was started in a session of its own (`setsid`, launchers of PyTorch); on Linux
 * that is found by the mark, which children inherit with the environment.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { killGroup, markName } from './groups.js';

/** The group of each program that runs; undefined from its start until the group is known. */
const running = new Map<string, number | undefined>();

/** Processes with one of these marks in their environment; none where the system does not show that. */
function marked(marks: readonly string[]): number[] {
  const entries = marks.map((mark) => `${markName}=${mark}\0`);
  return numbersIn('/proc').filter((pid) => {
    if (pid === process.pid) return false;
    try {
      const environment = readFileSync(`/proc/${pid}/environ`);
      return entries.some((entry) => environment.includes(entry));
    } catch {
      return false; // another user's, or gone
    }
  });
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** How often is looked again for what was started while the others were ended, and how long is waited between. */
const sweeps = 25;
const betweenMs = 20;

/** Ends all processes with these marks, until none is left. */
async function sweep(marks: readonly string[]): Promise<void> {
  for (let i = 0; i < sweeps; i++) {
    const pids = marked(marks);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    await new Promise((done) => setTimeout(done, betweenMs));
  }
}

function take(line: string): void {
  const [verb = '', mark = '', pid = ''] = line.split(' ');
  if (verb === 'start') running.set(mark, undefined);
  else if (verb === 'group') running.set(mark, Number(pid));
  else if (verb === 'kill') void sweep([mark]);
  else if (verb === 'end') running.delete(mark);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const lines = createInterface({ input: process.stdin });
lines.on('line', take);
/** The process is gone: its programs end, then this one. */
async function finish(): Promise<void> {
  for (const group of running.values()) killGroup(group);
  if (running.size > 0) await sweep([...running.keys()]);
  process.exit(0);
}

lines.once('close', () => void finish());
