/** Decoding many files, several at once, handed over in order. */
import { MixnasError, formatInteger } from '../../../base/index.js';
import { type DecodedImage, decodeImage } from './image.js';
import { DecodeNotes } from './notes.js';
import type { DecodeTarget } from './target.js';

/** Images decoded at once; libvips has its own threads, this keeps them fed. */
const concurrency = 8;

/** A file that cannot be read, and why. */
export interface BrokenFile {
  readonly path: string;
  readonly reason: string;
}

export interface DecodeAllOptions {
  readonly count: number;
  readonly target: DecodeTarget;
  path(index: number): string;
  /** How a file is called in notes. */
  name(index: number): string;
  /** Takes each image, in order; those of broken files are left out. */
  onImage(index: number, pixels: Uint8Array): void;
  /** Called after each file. @throws to stop. */
  tick(): void;
}

/** Decodes all files, also behind broken ones, so that all of these can be named at once. */
export async function decodeAll(
  { count, target, path, name, onImage, tick }: DecodeAllOptions,
  notes: DecodeNotes,
): Promise<BrokenFile[]> {
  const broken: BrokenFile[] = [];
  const decode = async (index: number): Promise<DecodedImage | BrokenFile> => {
    try {
      return await decodeImage(path(index), target);
    } catch (error) {
      return { path: path(index), reason: (error as Error).message };
    }
  };
  const running: Promise<DecodedImage | BrokenFile>[] = [];
  for (let next = 0, done = 0; done < count; done++) {
    while (next < count && running.length < concurrency) running.push(decode(next++));
    const result = await (running.shift() as Promise<DecodedImage | BrokenFile>);
    if ('pixels' in result) {
      notes.add(name(done), result.facts);
      onImage(done, result.pixels);
    } else {
      broken.push(result);
    }
    tick();
  }
  return broken;
}

/** Broken files named in an error. */
const most = 20;

/** The error that names broken files: one in a sentence, several in lines. */
export function brokenFiles(broken: readonly BrokenFile[], total: number): MixnasError {
  const [first] = broken;
  const lines = broken.slice(0, most).map(({ path, reason }) => `  ${path}: ${reason}`);
  const more = broken.length > most ? [`  and ${formatInteger(broken.length - most)} more`] : [];
  const message =
    broken.length === 1 && first
      ? `${first.path} is not a readable image (${first.reason}).`
      : `${formatInteger(broken.length)} of ${formatInteger(total)} images cannot be read:\n${[...lines, ...more].join('\n')}`;
  return new MixnasError('bad-data', message, { remedy: 'Replace or remove what is named.' });
}
