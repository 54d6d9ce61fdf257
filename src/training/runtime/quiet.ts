/**
 * TensorFlow writes two lines to standard error while its library is loaded, before it reads any setting of what to log;
 * so standard error leads nowhere for that time. Only where it is a terminal or a pipe: what is written to a file by a
 * second opening would not move the place at which the shell goes on writing.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';

const standardError = 2;

/** Runs `load`, which must not wait for anything, without what it writes to standard error by itself. */
export function withoutStandardError<T>(load: () => T): T {
  const kept = process.platform === 'linux' ? secondOpening() : undefined;
  if (kept === undefined) return load();
  closeSync(standardError);
  // The smallest free number is the one that was closed.
  const nowhere = openSync('/dev/null', 'w');
  try {
    return load();
  } finally {
    closeSync(nowhere);
    openSync(`/proc/self/fd/${kept}`, 'a');
    closeSync(kept);
  }
}

/** Standard error opened again, to be put back later; undefined where it is neither a terminal nor a pipe. */
function secondOpening(): number | undefined {
  try {
    const kind = fstatSync(standardError);
    if (!kind.isCharacterDevice() && !kind.isFIFO()) return undefined;
    return openSync(`/proc/self/fd/${standardError}`, 'a');
  } catch {
    return undefined; // closed, or a terminal of somebody else
  }
}
