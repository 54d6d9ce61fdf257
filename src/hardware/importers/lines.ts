/** The lines of a file, one by one, however large it is. */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { MixnasError, messageOf } from '../../base/index.js';

const chunkBytes = 1 << 20;
/** A longer line is no text file. */
const longestLine = 1 << 24;

/** @throws MixnasError `bad-data` when the file is missing or unreadable. */
export function* fileLines(path: string): Generator<string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new MixnasError('bad-data', missing ? `${path}: no such file.` : `${path}: ${messageOf(error)}.`);
  }
  const read = (chunk: Buffer): number => {
    try {
      return readSync(file, chunk);
    } catch (error) {
      const folder = (error as NodeJS.ErrnoException).code === 'EISDIR';
      throw new MixnasError(
        'bad-data',
        folder ? `${path} is a folder, not a file.` : `${path}: ${messageOf(error)}.`,
      );
    }
  };
  try {
    const chunk = Buffer.alloc(chunkBytes);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let size = read(chunk); size > 0; size = read(chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, size))).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) throw new MixnasError('bad-data', `${path}: not a text file.`);
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}
