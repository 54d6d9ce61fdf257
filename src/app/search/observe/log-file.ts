/** `log.jsonl` of a run: what its search reported, a line of JSON each, for whatever collects logs. */
import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { MixnasError, messageOf, openRegular } from '../../../base/index.js';
import type { SearchEvent } from '../events.js';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface RunLog {
  event(event: SearchEvent): void;
  failed(error: unknown): void;
  close(): void;
}

/** How much each event matters. */
const levels = {
  opened: 'info',
  asked: 'debug',
  progress: 'trace',
  data: 'trace',
  rung: 'info',
  finished: 'info',
  control: 'info',
  crashed: 'warn',
  notice: 'warn',
  ended: 'info',
} as const satisfies Record<SearchEvent['type'], LogLevel>;

/** Text without the user names and passwords of addresses that are in it. */
export const withoutCredentials = (text: string): string =>
  text.replaceAll(/(\w:\/\/)[^\s/@"']*@/g, '$1***@');

/**
 * Appends to `log.jsonl` what is as important as `level` at least.
 * @param onBroken called once where it cannot be written: the search continues without.
 */
export function openRunLog(folder: string, level: LogLevel, onBroken: (text: string) => void): RunLog {
  let file: number | undefined;
  const broken = (error: unknown) => {
    if (file !== undefined) closeSync(file);
    file = undefined;
    onBroken(`log.jsonl is not written: ${messageOf(error)}`);
  };
  if (level !== 'silent') {
    try {
      file = openLog(join(folder, 'log.jsonl'));
    } catch (error) {
      broken(error);
    }
  }
  const write = (line: string) => {
    if (file === undefined) return;
    try {
      writeSync(file, withoutCredentials(line));
    } catch (error) {
      broken(error);
    }
  };
  const base = { host: hostname(), pid: process.pid };
  const time = () => `,"time":"${new Date().toISOString()}"`;
  const named = { level: (label: string) => ({ level: label }) };
  const logger = pino({ level, base, timestamp: time, formatters: named }, { write });
  return {
    event({ type, ...rest }) {
      logger[levels[type]]({ event: type, ...rest });
    },
    failed(error) {
      const code = error instanceof MixnasError ? error.code : 'internal';
      logger.error({ event: 'failed', code, reason: messageOf(error) });
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** Opens the log to append to it, without following a link. */
function openLog(path: string): number {
  const flags = constants.O_WRONLY | constants.O_APPEND;
  if (!existsSync(path)) return openSync(path, flags | constants.O_CREAT | constants.O_EXCL);
  return openRegular(path, flags, { code: 'bad-run', own: true }).file;
}
