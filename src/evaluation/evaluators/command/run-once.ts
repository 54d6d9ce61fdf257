/** One evaluation by a program that is started for it. */
import type { EvaluationJob, EvaluationOutcome, EvaluationProgress } from '../../evaluator.js';
import { isFromOutside, watchMemory } from '../../ended.js';
import { type ProgramEnd, startProgram } from '../../programs/index.js';
import { createLineParser } from './lines.js';
import { Listener } from './listener.js';
import type { CommandSpec } from './schema.js';

/** Runs the program for a job. What it has started ends with it. */
export async function runOnce(
  spec: CommandSpec,
  command: readonly [string, ...string[]],
  job: EvaluationJob,
  onProgress: (progress: EvaluationProgress) => void,
  signal: AbortSignal | undefined,
): Promise<EvaluationOutcome> {
  const started = performance.now();
  const listener = new Listener(spec.steps, createLineParser(spec.metrics), onProgress, () => program.kill());
  const program = startProgram({
    command,
    onLine: listener.take,
    onTooLong: listener.takeTooLong,
    isComplete: () => listener.answer !== undefined,
  });
  program.write(`${JSON.stringify(requestOf(spec, job))}\n`);
  program.endInput();
  const memory = watchMemory();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    program.kill();
  }, spec.timeoutSeconds * 1000);
  if (signal?.aborted) program.kill();
  signal?.addEventListener('abort', program.kill);
  const end = await program.ended;
  clearTimeout(timer);
  signal?.removeEventListener('abort', program.kill);

  const seconds = (performance.now() - started) / 1000;
  const failed = (reason: string): EvaluationOutcome => {
    const said = program.lastWords();
    return {
      state: 'failed',
      reason: `${reason}${said === '' || said === reason ? '' : `: ${said}`}`,
      seconds,
    };
  };
  const { answer, wrong } = listener;
  if (late) return failed(`The command took longer than ${spec.timeoutSeconds} s and was ended`);
  if (listener.ended) return failed(`The command's output is wrong: ${wrong}, and it was ended`);
  const lost = lossOf(end, memory());
  if (lost !== undefined) return { state: 'failed', reason: lost, seconds, fault: 'machine' };
  const exit = describeEnd(end);
  if (exit !== undefined) return failed(`The command failed, ${exit}`);
  if (wrong !== undefined) return failed(`The command's output is wrong: ${wrong}`);
  if (answer === undefined) return failed('The command ended without a result on its output');
  if (typeof answer['failed'] === 'string') return { state: 'failed', reason: answer['failed'], seconds };
  const values = answer as Readonly<Record<string, number>>;
  return { state: 'complete', values, curve: listener.curve.points(), seconds };
}

/** What the program reads. */
function requestOf({ steps }: CommandSpec, { trial, seed, architecture, weightsPath, part }: EvaluationJob) {
  const { from = 0, until = steps, load, save } = part ?? {};
  return { trial, seed, architecture, steps, from, until, load, save, weights: weightsPath };
}

/** Codes of `spawn` that are a lack of something in the system. */
const lacks: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);
/** What a shell, and others that start programs, give for one that was ended by SIGKILL. */
const killedCode = 137;

/** Why the machine has lost an evaluation, which is no fault of its architecture; undefined where it has not. */
function lossOf({ code, signal, notStarted }: ProgramEnd, memory: string): string | undefined {
  if (notStarted && lacks.has(notStarted.code)) return `The command did not start: ${notStarted.reason}.`;
  if (isFromOutside(signal)) return `The command was ended from outside by ${signal}${memory}.`;
  return code === killedCode
    ? `What the command started was ended by SIGKILL (exit code 137)${memory}.`
    : undefined;
}

function describeEnd({ code, signal, notStarted }: ProgramEnd): string | undefined {
  if (notStarted) return `the program did not start: ${notStarted.reason}`;
  if (signal !== null) return `it was ended by ${signal}`;
  return code === 0 ? undefined : `exit code ${code ?? 'unknown'}`;
}
