/** What a user types after `x`: a kind of file, in words, as arguments of `mixnas export`. */
import { nearest } from '../../base/index.js';

const formats = ['tflite', 'onnx', 'pytorch', 'graph'];
const precisions = ['int8', 'float16'];

/** What stands there before anything is typed. */
export const firstExport = 'tflite int8';

/** Reads `tflite int8 to phone`. */
export function exportOrder(
  text: string,
): { readonly args: readonly string[] } | { readonly problem: string } {
  const [, what = '', folder] = /^(.*?)(?:\s+to\s+(\S.*?))?\s*$/.exec(text.trim()) ?? [];
  const args: string[] = [];
  for (const word of what.split(/\s+/).filter((one) => one !== '')) {
    if (formats.includes(word)) args.push('--format', word);
    else if (precisions.includes(word)) args.push(`--${word}`);
    else {
      const near = nearest(word, [...formats, ...precisions])[0];
      return {
        problem:
          near === undefined ? `${formats.join(', ')}; int8, float16; to FOLDER` : `${near}, not ${word}`,
      };
    }
  }
  return { args: folder === undefined ? args : [...args, '--out', folder] };
}
