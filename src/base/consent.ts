/**
 * What a file may start was wanted by this user: a mark that only they can make, since its key is in their folder for
 * configuration (HMAC-SHA-256, RFC 2104).
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders, readTextFile } from './files/index.js';
import { canonicalJson } from './hash.js';
import { configFolder } from './paths.js';

/** The user's key, made with the first that is needed; undefined where it can be neither read nor written. */
function ownKey(): string | undefined {
  try {
    const folder = configFolder();
    const path = join(folder, 'key');
    try {
      return keyIn(path);
    } catch {
      // There is none yet.
    }
    makeFolders(folder);
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    try {
      linkSync(temporary, path); // whole at once, and never in the place of one that is there
    } catch {
      // Another process was first.
    } finally {
      rmSync(temporary);
    }
    return keyIn(path);
  } catch {
    return undefined;
  }
}

function keyIn(path: string): string {
  const text = readTextFile(path, 'bad-usage', { own: true, limit: 1000 }).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error('not a key');
  return text;
}

const markBy = (key: string, what: unknown) =>
  createHmac('sha256', key).update(canonicalJson(what)).digest('hex');

/** A mark of this user on `what`, which is JSON; undefined where they have no folder for a key. */
export function consentTo(what: unknown): string | undefined {
  const key = ownKey();
  return key === undefined ? undefined : markBy(key, what);
}

/** Whether `mark` is this user's on `what`. */
export function isConsent(mark: string | undefined, what: unknown): boolean {
  const own = consentTo(what);
  if (own === undefined || mark === undefined || mark.length !== own.length) return false;
  return timingSafeEqual(Buffer.from(mark), Buffer.from(own));
}
