/**
 * The evaluator for those who train elsewhere: a program that reads one line of JSON from its standard
 * input and writes lines of JSON to its output, points of its learning curve and at last the result. The
 * protocol is in `docs/evaluators.md`.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MixnasError } from '../../../base/index.js';
import type { EvaluationJob, Evaluator, TrainingData } from '../../evaluator.js';
import { defineEvaluator } from '../entry.js';
import { limitsOf } from './leash.js';
import { createLineParser } from './lines.js';
import { runOnce } from './run-once.js';
import { requestLine } from './request.js';
import { servedPrograms } from './served.js';
import { type CommandSpec, commandSchema } from './schema.js';

/**
 * An evaluator that asks a program, once an architecture.
 * @param notice receives what the user should know of its output.
 * @throws MixnasError `bad-config` when there is no such program.
 */
export function createCommandEvaluator(
  spec: CommandSpec,
  { notice = () => {}, trialLimits }: Pick<TrainingData, 'notice' | 'trialLimits'> = {},
): Evaluator {
  const command = (typeof spec.command === 'string' ? shellOf(spec.command) : spec.command) as [
    string,
    ...string[],
  ];
  requireProgram(command[0]);
  const setting = {
    spec,
    limits: limitsOf(spec.timeoutSeconds, trialLimits),
    command,
    parse: createLineParser(spec.metrics, notice),
    request: (job: EvaluationJob) => requestLine(spec, job),
  };
  if (!spec.serve) {
    return {
      backend: 'command',
      evaluate: (job, onProgress, signal) => runOnce(setting, job, onProgress, signal),
    };
  }
  return { backend: 'command', ...servedPrograms(setting) };
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

export const commandEntry = defineEvaluator({
  schema: commandSchema,
  create: (spec, data) => createCommandEvaluator(spec, data),
  needsData: false,
  needsBackend: false,
  inParts: true,
  comparable: true,
  trains: false,
  // A program mostly takes a whole machine, or a GPU.
  workers: ({ gpus }) => gpus?.length ?? 1,
  program: ({ command }) => command,
  elsewhere: (spec) => ({ ...spec, gpus: undefined }),
  metrics: ({ metrics }) => metrics,
  describe: () => "as the user's program reports it",
});
