/** Runs the command line in this process, with what it prints caught. */
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/index.js';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Streams that are no terminal, 100 columns wide, and what was written to them. */
function catcher(): { stream: NodeJS.WriteStream; text: () => string } {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return {
    stream: Object.assign(stream, { columns: 100 }) as unknown as NodeJS.WriteStream,
    text: () => chunks.join(''),
  };
}

/** `mixnas ...args` as it runs: what it has printed so far, and how it ends. */
export function startCli(...args: string[]): { printed: () => string; outcome: Promise<Outcome> } {
  const out = catcher();
  const error = catcher();
  const io = { stdin: process.stdin, stdout: out.stream, stderr: error.stream, env: {} };
  const outcome = main(args, io).then((code) => ({ code, stdout: out.text(), stderr: error.text() }));
  return { printed: out.text, outcome };
}

/** The outcome of `mixnas ...args`. */
export function runCli(...args: string[]): Promise<Outcome> {
  return startCli(...args).outcome;
}

/** The JSON that a command printed; fails when it printed anything else on stdout. */
export function answerOf(outcome: Outcome): unknown {
  if (outcome.code !== 0) throw new Error(`exit code ${outcome.code}: ${outcome.stderr}`);
  return JSON.parse(outcome.stdout);
}
