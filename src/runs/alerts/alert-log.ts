/** `alerts.jsonl` in a run folder: what was given notice of, and how that went. */
import { appendFileSync, constants, closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MixnasError, openRegular, ownPart, printable } from '../../base/index.js';
import { time, trialNumber } from '../journal/index.js';
import { alertKinds } from '../alerts-schema.js';

const file = 'alerts.jsonl';

const lineSchema = z.strictObject({
  t: time,
  kind: z.enum(alertKinds),
  text: z.string().max(4000),
  trial: trialNumber.optional(),
  /** Ways that it was sent, and what failed of them. */
  sent: z.array(z.enum(['command', 'webhook'])).optional(),
  failed: z.string().max(4000).optional(),
});
/** A line of the log. */
export type LoggedAlert = z.output<typeof lineSchema>;

/** Of a log that has grown beyond this only the end is read, and nothing is added. */
const mostBytes = 4 << 20;
const readBytes = 1 << 16;

/** Adds a line. @throws MixnasError, or the system's error, where it cannot be written. */
export function logAlert(folder: string, alert: LoggedAlert): void {
  const path = join(folder, file);
  const stats = ownPart(path, 'file', 'bad-run');
  if (stats && stats.size > mostBytes) return;
  appendFileSync(path, `${JSON.stringify(alert)}\n`);
}

/** The latest alerts of a run, oldest first; what is no alert is passed over. None where the log cannot be read. */
export function readAlerts(folder: string): readonly LoggedAlert[] {
  const path = join(folder, file);
  try {
    const stats = ownPart(path, 'file', 'bad-run');
    if (!stats) return [];
    const from = Math.max(0, stats.size - readBytes);
    const { file: open } = openRegular(path, constants.O_RDONLY, { code: 'bad-run', own: true });
    try {
      const bytes = Buffer.alloc(Math.min(readBytes, stats.size));
      const read = readSync(open, bytes, 0, bytes.length, from);
      const lines = bytes.toString('utf8', 0, read).split('\n');
      return (from > 0 ? lines.slice(1) : lines).flatMap(alertOf);
    } finally {
      closeSync(open);
    }
  } catch (error) {
    if (error instanceof MixnasError || (error as NodeJS.ErrnoException).code !== undefined) return [];
    throw error;
  }
}

function alertOf(line: string): LoggedAlert[] {
  try {
    const { success, data } = lineSchema.safeParse(JSON.parse(line));
    return success ? [{ ...data, text: printable(data.text) }] : [];
  } catch {
    return [];
  }
}
