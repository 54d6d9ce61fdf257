/**
 * The evaluator for those who train elsewhere: a program that reads one line of JSON from its standard
 * input and writes lines of JSON to its output, points of its learning curve and at last the result. The
 * protocol is in `docs/evaluators.md`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { MixnasError, messageOf } from '../../../base/index.js';
import { type CommandAnswer, parseLine } from './lines.js';
import type {
  EvaluationJob,
  EvaluationOutcome,
  EvaluationProgress,
  Evaluator,
  CurvePoint,
} from '../../evaluator.js';
import { defineEvaluator } from '../entry.js';
import { type CommandSpec, commandSchema } from './schema.js';

/** How much of what the program says on stderr is kept, for the reason of its failure. */
const stderrTail = 2000;

/**
 * An evaluator that asks a program, once an architecture.
 * @throws MixnasError `bad-config` when there is no such program.
 */
export function createCommandEvaluator(spec: CommandSpec): Evaluator {
  const [program, ...args]: string[] =
    typeof spec.command === 'string' ? shellOf(spec.command) : spec.command;
  requireProgram(program as string);
  return {
    backend: 'command',
    evaluate: (job, onProgress, signal) => run(spec, [program as string, ...args], job, onProgress, signal),
  };
}

const shellOf = (line: string): string[] =>
  process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', line] : ['/bin/sh', '-c', line];

/** @throws MixnasError `bad-config` */
function requireProgram(program: string): void {
  const usable = (path: string): boolean => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  if (process.platform === 'win32') return; // file endings and look-up differ there; the first trial shows it
  const found = program.includes('/')
    ? usable(program)
    : (process.env['PATH'] ?? '').split(delimiter).some((folder) => usable(join(folder, program)));
  if (found) return;
  throw new MixnasError('bad-config', `evaluator.command: there is no program ${program} that can be run.`, {
    remedy: 'Give its path, make it executable (chmod +x), or put its folder on the PATH.',
  });
}

async function run(
  spec: CommandSpec,
  [program, ...args]: readonly [string, ...string[]],
  job: EvaluationJob,
  onProgress: (progress: EvaluationProgress) => void,
  signal: AbortSignal | undefined,
): Promise<EvaluationOutcome> {
  const started = performance.now();
  // A group of its own, so that what a shell or a launcher started ends with it.
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const curve: CurvePoint[] = [];
  let answer: CommandAnswer | undefined;
  let wrong: string | undefined;
  let stderr = '';
  let why: 'time' | 'stopped' | undefined;

  const take = (text: string): void => {
    const line = parseLine(text, spec.metrics);
    if (line === undefined) return;
    if (line.type === 'wrong') wrong ??= line.reason;
    else if (answer !== undefined) wrong ??= 'it wrote more after its result';
    else if (line.type === 'answer') answer = line.answer;
    else {
      curve.push(line.point);
      onProgress({ steps: spec.steps, ...line.point });
    }
  };
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', take);
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (stderr = (stderr + text).slice(-stderrTail)));
  child.stdin?.on('error', () => {}); // a program that does not read its input shows by its exit
  child.stdin?.end(`${JSON.stringify(requestOf(spec, job))}\n`);

  const end = (reason: 'time' | 'stopped') => () => {
    why = reason;
    killGroup(child);
  };
  const onAbort = end('stopped');
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  const timer = setTimeout(end('time'), spec.timeoutSeconds * 1000);
  const linesRead = new Promise<void>((done) => lines.once('close', done));
  const exit = await new Promise<string | undefined>((done) => {
    child.once('error', (error) => done(`the program did not start: ${messageOf(error)}`));
    child.once('close', (code, signalName) => done(describeExit(code, signalName)));
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
  if (child.pid !== undefined) await linesRead;

  const seconds = (performance.now() - started) / 1000;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const failed = (reason: string): EvaluationOutcome => ({
    state: 'failed',
    reason: `${reason}${said === '' || said === reason ? '' : `: ${said.slice(0, 300)}`}`,
    seconds,
  });
  if (why === 'time') return failed(`The command took longer than ${spec.timeoutSeconds} s and was ended`);
  if (exit !== undefined) return failed(`The command failed, ${exit}`);
  if (wrong !== undefined) return failed(`The command's output is wrong: ${wrong}`);
  if (answer === undefined) return failed('The command ended without a result on its output');
  if (typeof answer['failed'] === 'string') return { state: 'failed', reason: answer['failed'], seconds };
  return { state: 'complete', values: answer as Readonly<Record<string, number>>, curve, seconds };
}

/** What the program reads. */
function requestOf({ steps }: CommandSpec, { trial, seed, architecture, weightsPath, part }: EvaluationJob) {
  const { from = 0, until = steps, load, save } = part ?? {};
  return { trial, seed, architecture, steps, from, until, load, save, weights: weightsPath };
}

function describeExit(code: number | null, signal: string | null): string | undefined {
  if (signal !== null) return `it was ended by ${signal}`;
  return code === 0 ? undefined : `exit code ${code ?? 'unknown'}`;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

export const commandEntry = defineEvaluator({
  schema: commandSchema,
  create: createCommandEvaluator,
  needsData: false,
  needsBackend: false,
  inParts: true,
  comparable: true,
  trains: false,
  metrics: ({ metrics }) => metrics,
  describe: () => "as the user's program reports it",
});
