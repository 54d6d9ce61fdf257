/** A program that stays up: it answers one line of its input after the other, a trial each. */
import { setTimeout as wait } from 'node:timers/promises';
import { watchMemory } from '../../ended.js';
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress, Evaluator } from '../../evaluator.js';
import { type Program, startProgram } from '../../programs/index.js';
import { Leash } from './leash.js';
import { Listener } from './listener.js';
import { outcomeOf } from './outcome.js';
import { environmentOf } from './request.js';
import type { Setting } from './run-once.js';

/** Once its input has ended, a program may take so long to end by itself. */
const farewellMs = 1000;

/** A program for each worker, by its place; each stays up until all are closed. */
export function servedPrograms(setting: Setting): Required<Pick<Evaluator, 'evaluate' | 'close'>> {
  const programs = new Map<number, ServedProgram>();
  return {
    evaluate(job, onProgress, signal) {
      const { slot = 0 } = job;
      const program = programs.get(slot) ?? new ServedProgram(setting, slot);
      programs.set(slot, program);
      return program.evaluate(job, onProgress, signal);
    },
    async close() {
      await Promise.all([...programs.values()].map((program) => program.close()));
    },
  };
}

/** The program of one worker, started with its first trial and again when it has ended. */
class ServedProgram {
  readonly #setting: Setting;
  readonly #slot: number;
  #up: { readonly program: Program; readonly leash: Leash } | undefined;
  /** Of the trial that runs. */
  #listener: Listener | undefined;

  constructor(setting: Setting, slot: number) {
    this.#setting = setting;
    this.#slot = slot;
  }

  /** Asks the program, which has no other trial. */
  async evaluate(
    job: EvaluationJob,
    onProgress: (progress: EvaluationProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<EvaluationOutcome> {
    const wasUp = this.#up !== undefined;
    const { outcome, silent } = await this.#ask(job, onProgress, signal);
    // It may have ended between two trials, which is its right: then it has not heard of this one.
    return wasUp && silent ? (await this.#ask(job, onProgress, signal)).outcome : outcome;
  }

  /** Ends its input, and the program where it does not end by itself. */
  async close(): Promise<void> {
    if (!this.#up) return;
    const { program } = this.#up;
    program.endInput();
    await Promise.race([program.ended, wait(farewellMs, undefined, { ref: false })]);
    program.kill();
    await program.ended;
  }

  async #ask(
    job: EvaluationJob,
    onProgress: (progress: EvaluationProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly outcome: EvaluationOutcome; readonly silent: boolean }> {
    const { spec, parse, request } = this.#setting;
    const started = performance.now();
    const { program, leash } = (this.#up ??= this.#start());
    const memory = watchMemory();
    const release = leash.begin(signal);
    let settled = (): void => {};
    const answered = new Promise<undefined>((done) => {
      settled = () => done(undefined);
    });
    const listener = new Listener(spec.steps, parse, { onProgress, stop: program.kill, onSettled: settled });
    this.#listener = listener;
    program.write(request(job));
    const end = await Promise.race([answered, program.ended]);
    this.#listener = undefined;
    const past = release();
    // After a wrong line nobody knows what the next one belongs to.
    if (listener.wrong !== undefined) this.#drop(program);
    const seconds = (performance.now() - started) / 1000;
    const outcome = outcomeOf({ listener, end, past, seconds, said: program.lastWords(), memory: memory() });
    return { outcome, silent: end?.code === 0 && listener.lines === 0 };
  }

  #start(): { readonly program: Program; readonly leash: Leash } {
    const { spec, limits, command, greeting } = this.#setting;
    const program = startProgram({
      command,
      env: environmentOf(spec, this.#slot),
      onLine: (line) => {
        if (this.#listener) this.#listener.take(line);
        else if (line.trim() !== '') this.#drop(program); // more than it was asked for
      },
      onTooLong: (beginning) => this.#listener?.takeTooLong(beginning),
      isComplete: () => this.#listener === undefined,
    });
    if (greeting !== undefined) program.write(greeting);
    void program.ended.then(() => {
      if (this.#up?.program === program) this.#up = undefined;
    });
    return { program, leash: new Leash(program, limits) };
  }

  /** Ends a program that is out of step; the next trial has another. */
  #drop(program: Program): void {
    if (this.#up?.program === program) this.#up = undefined;
    program.kill();
  }
}
