/** Runs measuring processes, together where they are several, and reads their answers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { upperMedian } from '../../src/base/index.js';
import type { Answer, Job } from './job.js';

/** A way to run one side: a command, its variables, and how it uses the cores. */
export interface Way {
  readonly label: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** `together`: one process on all cores. `apart`: one network a core. `shared`: one network, a process a core. */
  readonly use: 'together' | 'apart' | 'shared';
}

class Measurer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #said = '';

  constructor(command: readonly string[], environment: Readonly<Record<string, string>>, job: Job) {
    const [program, ...parameters] = command as [string, ...string[]];
    this.#child = spawn(program, parameters, { env: { ...process.env, ...environment } });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    this.#lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })[
      Symbol.asyncIterator
    ]();
    this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
  }

  async #line(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done)
      throw new Error(`a measuring process ended early: ${this.#said.trim().split('\n').at(-1) ?? ''}`);
    return value;
  }

  async ready(): Promise<void> {
    while ((await this.#line()) !== 'ready');
  }

  async run(): Promise<Answer> {
    this.#child.stdin?.write('go\n');
    const answer = JSON.parse(await this.#line()) as Answer;
    this.#child.stdin?.end();
    return answer;
  }
}

/** Images a second of one way, all processes together: batch over the median step, summed. */
export async function measure(
  way: Way,
  cores: readonly number[],
  job: Omit<Job, 'threads' | 'workers'>,
): Promise<{ rate: number; version: string }> {
  const { command, environment = {}, use } = way;
  const pin = (core: number) => (process.platform === 'linux' ? ['taskset', '-c', String(core)] : []);
  const whole = {
    ...job,
    threads: use === 'shared' ? 1 : cores.length,
    workers: use === 'shared' ? cores.length : 1,
  };
  const measurers =
    use === 'apart'
      ? cores.map(
          (core) => new Measurer([...pin(core), ...command], environment, { ...job, threads: 1, workers: 1 }),
        )
      : [new Measurer(command, environment, whole)];
  await Promise.all(measurers.map((measurer) => measurer.ready()));
  const answers = await Promise.all(measurers.map((measurer) => measurer.run()));
  const rate = answers.reduce((sum, { seconds }) => sum + job.batch / upperMedian(seconds), 0);
  return { rate, version: answers[0]?.version ?? '' };
}
