/** Model files of TFLite and ONNX, found and read. */
import { closeSync, constants, existsSync, readSync } from 'node:fs';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { MixnasError, kindOfFile, openRegular, readBytes, sizeLimits } from '../../base/index.js';
import { type InputShape, type ModelFile, readModel } from '../../formats/index.js';

/** What a file's network takes, and what of it is estimated. */
export type FileFacts = Omit<ModelFile, 'graph' | 'metadata'>;

/** Whether a path is that of a TFLite or ONNX file, by its content or else by its ending. */
export function isGraphFile(spec: string): boolean {
  if (!existsSync(spec)) return false;
  const kind = kindOfFile(spec)?.name;
  return kind === 'tflite' || kind === 'onnx' || ['.tflite', '.onnx'].includes(extname(spec).toLowerCase());
}

/** `1x224x224x3`, with the input's name and `=` before it where there are several. */
export function parseInput(text: string): InputShape {
  const [, name, sizes = ''] = /^(?:(.+)=)?([^=]*)$/.exec(text) ?? [];
  const shape = sizes.split(/[x,]/).map(Number);
  const sound = shape.every((size) => Number.isInteger(size) && size >= 1 && size <= 2 ** 20);
  if (!sound || sizes === '' || shape.length > 8) {
    throw new MixnasError('bad-usage', `${text} is not the shape of an input.`, {
      remedy: 'Write its sizes, as in --input 1x224x224x3 or --input image=1x224x224x3.',
    });
  }
  return { name, shape };
}

/** Reads what an ONNX file keeps beside itself: only from files of its own folder. */
function readBeside(path: string) {
  return (location: string, offset: number, length: number): Uint8Array => {
    const beside = normalize(location);
    if (beside !== basename(beside)) {
      throw new MixnasError('bad-data', `${path}: its values lie in ${location}, outside of its folder.`, {
        remedy: 'Put both files into one folder and export again.',
      });
    }
    const { file } = openRegular(join(dirname(path), beside), constants.O_RDONLY, { code: 'bad-data' });
    try {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, Number.isSafeInteger(offset) ? offset : 0));
    } finally {
      closeSync(file);
    }
  };
}

/** @throws MixnasError `bad-data` for a broken file, `bad-usage` where an input's size must be given. */
export function graphOfFile(path: string, inputs: readonly string[]) {
  const bytes = readBytes(path, 'bad-data', { limit: sizeLimits.weights });
  const {
    graph,
    metadata: _,
    ...file
  } = readModel(bytes, path, {
    inputs: inputs.map(parseInput),
    external: readBeside(path),
  });
  return { name: basename(path, extname(path)), graph, file };
}
