/** `mixnas export` as a child of the dashboard: a search, its files and the keys are not disturbed by it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { formatPercent, packageRoot, printable } from '../../base/index.js';

/** What became of an export. */
export interface ExportOutcome {
  readonly ok: boolean;
  /** The file, or what stopped it, in one line. */
  readonly text: string;
  readonly precision: string | undefined;
  /** Of the file on test images, where they have labels, from 0 to 1. */
  readonly accuracy: number | undefined;
}

export interface Exports {
  /** What runs now, and what it says it does. */
  readonly running: { readonly trial: number; readonly message: string } | undefined;
  /** The latest export of each trial of the shown run. */
  readonly done: ReadonlyMap<number, ExportOutcome>;
}
export const noExports: Exports = { running: undefined, done: new Map() };

export interface Exporter {
  exportsOf(folder: string): Exports;
  /** Starts an export, unless one runs. Returns whether it did. */
  start(folder: string, trial: number, args: readonly string[]): boolean;
  /** Ends what runs; returns whether anything did. */
  stop(): boolean;
}

/** Of what the command prints: more would be another program's. */
const mostText = 1 << 20;

const reportSchema = z.looseObject({
  files: z.array(
    z.looseObject({
      path: z.string(),
      precision: z.string(),
      check: z.looseObject({ accuracy: z.number().optional(), agreement: z.number() }).optional(),
    }),
  ),
  failed: z.array(z.looseObject({ message: z.string() })),
});

/** Exports by this installation's own command. @param onChange called when there is something else to show. */
export function createExporter(
  env: Readonly<Record<string, string | undefined>>,
  onChange: () => void,
): Exporter {
  const done = new Map<string, ReadonlyMap<number, ExportOutcome>>();
  let running: { readonly folder: string; readonly trial: number; readonly child: ChildProcess } | undefined;
  let message = '';

  function finish(folder: string, trial: number, outcome: ExportOutcome): void {
    running = undefined;
    done.set(folder, new Map([...(done.get(folder) ?? []), [trial, outcome]]));
    onChange();
  }

  return {
    exportsOf: (folder) => ({
      running: running?.folder === folder ? { trial: running.trial, message } : undefined,
      done: done.get(folder) ?? noExports.done,
    }),
    start(folder, trial, args) {
      if (running) return false;
      message = 'starts';
      const command = [
        join(packageRoot(), 'bin', 'mixnas.mjs'),
        'export',
        `${folder}#${trial}`,
        ...args,
        '--json',
      ];
      const child = spawn(process.execPath, command, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...env, NO_COLOR: '1' },
      });
      running = { folder, trial, child };
      let [printed, said] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => {
        if (printed.length < mostText) printed += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-mostText);
        message = linesOf(said).at(-1) ?? message;
        onChange();
      });
      child.on('error', (error) => finish(folder, trial, failed(error.message)));
      child.on('close', (code) => {
        if (running?.child === child) finish(folder, trial, outcomeOf(code, printed, said));
      });
      return true;
    },
    stop() {
      if (!running) return false;
      const { child, folder, trial } = running;
      child.kill('SIGTERM');
      finish(folder, trial, failed('stopped'));
      return true;
    },
  };
}

const failed = (text: string): ExportOutcome => ({
  ok: false,
  text,
  precision: undefined,
  accuracy: undefined,
});

/** What was said, line by line; progress overwrites its line. */
const linesOf = (text: string): string[] =>
  text
    .split(/[\r\n]+/)
    // oxlint-disable-next-line no-control-regex
    .map((line) => printable(line.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '')).trim())
    .filter((line) => line !== '');

function outcomeOf(code: number | null, printed: string, said: string): ExportOutcome {
  let report: z.output<typeof reportSchema> | undefined;
  try {
    report = reportSchema.safeParse(JSON.parse(printed)).data;
  } catch {
    report = undefined; // it ended before it had a report
  }
  const file = report?.files[0];
  if (code !== 0 || !file) {
    const reason = report?.failed[0]?.message ?? linesOf(said).slice(-2).join(' ');
    return failed(reason === '' ? `mixnas export ended with ${code}` : reason);
  }
  const { path, precision, check } = file;
  const accuracy = check?.accuracy;
  const checked =
    check === undefined
      ? 'not checked'
      : accuracy === undefined
        ? `the same class for ${formatPercent(check.agreement, 1)}`
        : `accuracy ${formatPercent(accuracy, 2)}`;
  return { ok: true, text: `${path}, ${precision}, ${checked}`, precision, accuracy };
}
