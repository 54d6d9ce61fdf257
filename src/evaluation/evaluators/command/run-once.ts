/** One evaluation by a program that is started for it. */
import { watchMemory } from '../../ended.js';
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress } from '../../evaluator.js';
import { startProgram } from '../../programs/index.js';
import type { TrialLimits } from '../../limits/index.js';
import { Leash } from './leash.js';
import type { LineParser } from './lines.js';
import { Listener } from './listener.js';
import { outcomeOf } from './outcome.js';
import { environmentOf } from './request.js';
import type { CommandSpec } from './schema.js';

/** What a program is run with. */
export interface Setting {
  readonly spec: Pick<CommandSpec, 'steps' | 'gpus'>;
  readonly limits: TrialLimits;
  readonly command: readonly [string, ...string[]];
  readonly parse: LineParser;
  /** The line that it reads for a job. */
  readonly request: (job: EvaluationJob) => string;
  /** The line that one which stays up reads first. */
  readonly greeting?: string | undefined;
}

/** Runs the program for a job. What it has started ends with it. */
export async function runOnce(
  { spec, limits, command, parse, request }: Setting,
  job: EvaluationJob,
  onProgress: (progress: EvaluationProgress) => void,
  signal: AbortSignal | undefined,
): Promise<EvaluationOutcome> {
  const started = performance.now();
  const listener = new Listener(spec.steps, parse, { onProgress, stop: () => program.kill() });
  const program = startProgram({
    command,
    env: environmentOf(spec, job.slot ?? 0),
    onLine: listener.take,
    onTooLong: listener.takeTooLong,
    isComplete: () => listener.answer !== undefined,
  });
  const memory = watchMemory();
  program.write(request(job));
  program.endInput();
  const release = new Leash(program, limits).begin(signal);
  const end = await program.ended;
  const past = release();
  const seconds = (performance.now() - started) / 1000;
  return outcomeOf({ listener, end, past, seconds, said: program.lastWords(), memory: memory() });
}
