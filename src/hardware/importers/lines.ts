/** The lines of a text file, one by one, however large it is and however its tool encodes it. */
import { closeSync, constants, readSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import {
  encodingBytes,
  kindOfBytes,
  MixnasError,
  messageOf,
  openRegular,
  textEncoding,
} from '../../base/index.js';

const chunkBytes = 1 << 20;
/** A longer line is no text file. */
const longestLine = 1 << 24;

/** Lines that can be read again and again; `open` while the last one read is the last and has no line break. */
export interface FileLines extends Iterable<string> {
  readonly open: boolean;
}

/** Lines end as on Unix, Windows or the first Macs. Those of UTF-16 are read, with or without a byte order mark. */
class TextLines implements FileLines {
  open = false;

  constructor(private readonly path: string) {}

  *[Symbol.iterator](): Generator<string> {
    this.open = false;
    const file = this.#opened();
    let number = 0;
    const checked = (line: string) => {
      number++;
      this.#check(line, number);
      return line;
    };
    try {
      const chunk = Buffer.alloc(chunkBytes);
      let decoder: TextDecoder | undefined;
      let rest = '';
      for (let size = this.#read(file, chunk); ; size = this.#read(file, chunk)) {
        decoder ??= this.#decoder(chunk.subarray(0, size));
        const text = rest + decoder.decode(chunk.subarray(0, size), { stream: size > 0 });
        // A break of two characters may be cut by the end of the chunk.
        const half = size > 0 && text.endsWith('\r') ? '\r' : '';
        const lines = (half === '' ? text : text.slice(0, -1)).split(/\r\n|\n|\r/);
        rest = (lines.pop() ?? '') + half;
        if (rest.length > longestLine) throw new MixnasError('bad-data', `${this.path}: not a text file.`);
        for (const line of lines) yield checked(line);
        if (size === 0) break;
      }
      this.open = rest !== '';
      if (rest !== '') yield checked(rest);
    } finally {
      closeSync(file);
    }
  }

  #opened(): number {
    return openRegular(this.path, constants.O_RDONLY, { code: 'bad-data' }).file;
  }

  #read(file: number, chunk: Buffer): number {
    try {
      return readSync(file, chunk);
    } catch (error) {
      throw new MixnasError('bad-data', `${this.path}: ${messageOf(error)}.`, { cause: error });
    }
  }

  #decoder(start: Buffer): TextDecoder {
    const kind = kindOfBytes(start);
    if (kind) {
      throw new MixnasError('bad-data', `${this.path} is ${kind.text}, not a text file.`, {
        remedy: 'Check that it is the file that was meant.',
      });
    }
    const encoding = textEncoding(start.subarray(0, encodingBytes));
    if (encoding !== 'utf-32') return new TextDecoder(encoding);
    throw new MixnasError('bad-data', `${this.path} is in UTF-32.`, { remedy: 'Save it as UTF-8.' });
  }

  /** Two names that lose a letter each could become one, and their times be mixed: such a file is refused. */
  #check(line: string, number: number): void {
    const lost = line.includes('\uFFFD');
    if (!lost && !line.includes('\0')) return;
    const sentence = lost
      ? `${this.path}: line ${number} has a character that is not UTF-8.`
      : `${this.path}: line ${number} has a zero byte: not a text file, or cut off in a character.`;
    throw new MixnasError('bad-data', sentence, { remedy: 'Save it as UTF-8.' });
  }
}

/** @throws MixnasError `bad-data`, while it is read, when the file is missing, unreadable or no text. */
export function fileLines(path: string): FileLines {
  return new TextLines(path);
}

/** Whether the line that was read last ends a file that has no line break at its end: it may be cut off. */
export function isOpen(lines: Iterable<string>): boolean {
  return (lines as Partial<FileLines>).open === true;
}
