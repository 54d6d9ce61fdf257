/** Whether a weights file of a run is one that mixnas can read: a program of the user may leave what it likes. */
import { closeSync, constants, readSync } from 'node:fs';
import { openRegular } from '../base/index.js';

/** A header is a few kilobytes; more is not a header. */
const mostHeaderBytes = 1 << 24;

/** Reads the header of a file; false where there is none, or it does not say of what it is. */
export function isReadableWeights(path: string): boolean {
  let file: number | undefined;
  try {
    ({ file } = openRegular(path, constants.O_RDONLY, { code: 'bad-run', own: true }));
    const size = Buffer.alloc(8);
    if (readSync(file, size, 0, 8, 0) < 8) return false;
    const length = Number(size.readBigUInt64LE());
    if (length > mostHeaderBytes) return false;
    const text = Buffer.alloc(length);
    if (readSync(file, text, 0, length, 8) < length) return false;
    const { __metadata__: metadata } = JSON.parse(text.toString('utf8')) as Record<string, unknown>;
    const says = (metadata ?? {}) as Record<string, unknown>;
    return typeof says['architecture'] === 'string' && typeof says['data'] === 'string';
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
