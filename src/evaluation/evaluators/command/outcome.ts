/** From how a program ended, and what it said, to the outcome of a trial. */
import { isFromOutside } from '../../ended.js';
import type { EvaluationOutcome } from '../../evaluator.js';
import type { ProgramEnd } from '../../programs/index.js';
import type { Listener } from './listener.js';

export interface Evaluated {
  readonly listener: Listener;
  /** How the program ended; undefined where it is still up. */
  readonly end: ProgramEnd | undefined;
  /** What it took, where it was ended for that: `longer than 5 s`. */
  readonly past: string | undefined;
  readonly seconds: number;
  /** The last line of its standard error. */
  readonly said: string;
  /** Whether memory was short meanwhile, as the end of a sentence. */
  readonly memory: string;
}

/** The outcome of an evaluation. */
export function outcomeOf({ listener, end, past, seconds, said, memory }: Evaluated): EvaluationOutcome {
  const failed = (reason: string): EvaluationOutcome => ({
    state: 'failed',
    reason: `${reason}${said === '' || said === reason ? '' : `: ${said}`}`,
    seconds,
  });
  const { answer, wrong } = listener;
  if (past !== undefined) return failed(`The command took ${past} and was ended`);
  if (listener.ended) return failed(`The command's output is wrong: ${wrong}, and it was ended`);
  if (end) {
    const lost = lossOf(end, memory);
    if (lost !== undefined) return { state: 'failed', reason: lost, seconds, fault: 'machine' };
    const exit = describeEnd(end);
    if (exit !== undefined) return failed(`The command failed, ${exit}`);
  }
  if (wrong !== undefined) return failed(`The command's output is wrong: ${wrong}`);
  if (answer === undefined) return failed('The command ended without a result on its output');
  if (typeof answer['failed'] === 'string') return { state: 'failed', reason: answer['failed'], seconds };
  const values = answer as Readonly<Record<string, number>>;
  return { state: 'complete', values, curve: listener.curve.points(), seconds };
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
