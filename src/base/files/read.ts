/** Reading whole files: regular ones, and no more of them than their kind may have. */
import { closeSync, constants, readSync } from 'node:fs';
import { type ErrorCode, MixnasError } from '../errors.js';
import { formatBytes } from '../format.js';
import { isTooDeep, mostDepth } from './depth.js';
import { decodeText } from './encoding.js';
import { headOf, kindOfBytes } from './kind.js';
import { type FileAccess, openRegular } from './open.js';

/** How many bytes a file may have, by kind. */
export const sizeLimits = {
  /** What names a process, or sets a switch. */
  note: 64 * 1024,
  /** YAML: its parser takes a hundred times the size of the text. */
  yaml: 256 * 1024,
  /** What people write, or a program for them: configs, spaces, recipes, architectures, profiles. */
  document: 16 << 20,
  /** Tables and results: measurements, fronts, records of what was done. */
  table: 64 << 20,
  /** What a runtime wrote down of every run of every operator. */
  trace: 256 << 20,
  /** One image, as its file is. */
  image: 256 << 20,
  /** Weights and checkpoints. */
  weights: 2 ** 31 - 1,
} as const;

export interface ReadOptions extends Omit<FileAccess, 'code'> {
  /** In bytes; default: that of a document. */
  readonly limit?: number | undefined;
  /** What the text is to be, as in "YAML or JSON"; anything that is known to be no text is refused by its kind. */
  readonly text?: string | undefined;
}

/** The bytes of a regular file. @throws MixnasError `code` when it is missing, unreadable, no such file or too large. */
export function readBytes(
  path: string,
  code: ErrorCode,
  { limit = sizeLimits.document, own, text }: ReadOptions = {},
): Buffer {
  const { file, stats } = openRegular(path, constants.O_RDONLY, { code, own });
  try {
    if (text !== undefined) refuseOtherKinds(path, file, text, code);
    if (stats.size > limit) throw tooLarge(path, limit, code);
    let bytes: Buffer = Buffer.allocUnsafeSlow(stats.size + 1);
    let length = 0;
    for (;;) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0) return bytes.subarray(0, length);
      if (length > limit) throw tooLarge(path, limit, code);
      // It grows while it is read, or the system gives no size (as for files under /proc).
      if (length === bytes.length) bytes = enlarged(bytes, Math.min(limit + 1, 2 * length + 4096));
    }
  } finally {
    closeSync(file);
  }
}

function refuseOtherKinds(path: string, file: number, wanted: string, code: ErrorCode): void {
  const kind = kindOfBytes(headOf(file));
  if (!kind) return;
  throw new MixnasError(code, `${path} is ${kind.text}, not ${wanted}.`, {
    remedy: 'Check that it is the file that was meant.',
  });
}

function enlarged(bytes: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  bytes.copy(larger);
  return larger;
}

function tooLarge(path: string, limit: number, code: ErrorCode): MixnasError {
  return new MixnasError(code, `${path} is larger than ${formatBytes(limit)}, the most that is read of it.`, {
    remedy: 'Check that it is the file that was meant.',
  });
}

/** The text of a file, in UTF-8 or UTF-16. @throws MixnasError `code` when it is missing, unreadable, no regular file or too large. */
export function readTextFile(path: string, code: ErrorCode, options?: ReadOptions): string {
  const text = decodeText(readBytes(path, code, { text: 'text', ...options }));
  if (text !== undefined) return text;
  throw new MixnasError(code, `${path} is in UTF-32.`, { remedy: 'Save it as UTF-8.' });
}

/**
 * Parses JSON. The message says where it breaks and quotes nothing: the file may be somebody else's.
 * @throws MixnasError `code`
 */
export function parseJsonText(text: string, path: string, code: ErrorCode): unknown {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const before = position === undefined ? undefined : text.slice(0, Number(position));
    const line = before === undefined ? '' : `line ${before.split('\n').length}: `;
    throw new MixnasError(code, `${path}: ${line}${text.trim() === '' ? 'it is empty' : 'not JSON'}.`);
  }
  if (isTooDeep(data)) throw new MixnasError(code, `${path}: it is nested deeper than ${mostDepth} levels.`);
  return data;
}

/** The data of a JSON file. @throws MixnasError `code` when it cannot be read, or is not JSON. */
export function readJsonFile(path: string, code: ErrorCode, options?: ReadOptions): unknown {
  return parseJsonText(readTextFile(path, code, { text: 'JSON', ...options }), path, code);
}
