/** A process that stays up and runs commands, with the time and memory that each took. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/base/index.js';

export interface Ended {
  /** undefined where it did not end within the time. */
  readonly code: number | undefined;
  readonly stderr: string;
  /** Seconds of the processor: those of the clock depend on what else the machine does. */
  readonly cpu: number;
  /** The most memory that the process held meanwhile, in MB. */
  readonly peakMb: number;
}

const script = join(packageRoot(), 'tests', 'support', 'reader-child.mjs');
/** A process this large before a command is replaced: its peak would not be the command's. */
const mostBefore = 180;

export class ReaderProcess {
  private child: ChildProcess | undefined;
  private answer: ((line: string | undefined) => void) | undefined;

  /** @param seconds after which a command counts as hanging, by the clock. */
  async run(args: readonly string[], seconds = 60): Promise<Ended> {
    if (this.child && this.peakMb(true) > mostBefore) this.close();
    const child = this.child ?? this.start();
    this.peakMb(true);
    const line = await new Promise<string | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), seconds * 1000);
      this.answer = (text) => {
        clearTimeout(timer);
        resolve(text);
      };
      child.stdin?.write(`${JSON.stringify(args)}\n`);
    });
    const peakMb = this.peakMb(false);
    if (line !== undefined) return { ...(JSON.parse(line) as Omit<Ended, 'peakMb'>), peakMb };
    this.close();
    return { code: undefined, stderr: 'it hangs, or its process ended', cpu: seconds, peakMb };
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private start(): ChildProcess {
    const child = spawn(process.execPath, ['--expose-gc', script], { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => line.startsWith('@@') && this.answer?.(line.slice(2)));
    child.on('exit', () => this.child === child && this.answer?.(undefined));
    this.child = child;
    return child;
  }

  /** The peak of the resident set since it was last `reset`; 0 where the system does not say. */
  private peakMb(reset: boolean): number {
    const { pid } = this.child ?? {};
    try {
      if (reset) writeFileSync(`/proc/${pid}/clear_refs`, '5');
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
    } catch {
      return 0;
    }
  }
}
