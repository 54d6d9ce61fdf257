/** End-to-end times as the benchmarks of ncnn and MNN print them: a name, then min, max and avg in ms. */
import { MixnasError } from '../../base/index.js';

const average = /\bavg\s*=\s*([-+0-9.eE]+|nan|inf)/i;

/** Whether a line is of such a listing. */
export function isListingLine(line: string): boolean {
  return average.test(line);
}

/** `[ - ] MobileNetV2_224.mnn` and `mobilenet_v2` name the same network. */
function nameOf(line: string): string {
  const before = line.slice(0, line.search(/\b(min|max|avg)\s*=/i));
  const words = before
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
  return (words.at(-1) ?? '').replace(/\.(mnn|param|tflite|onnx)$/i, '');
}

/**
 * Yields model and milliseconds of each line that has a time; other lines are ignored.
 * @throws MixnasError `bad-data` when no line does, or one has no time above 0.
 */
export function* importListing(
  lines: Iterable<string>,
  what: string,
): Generator<{ readonly model: string; readonly ms: number }> {
  let found = false;
  let number = 0;
  for (const line of lines) {
    number++;
    const match = average.exec(line);
    if (match === null) continue;
    const ms = Number(match[1]);
    if (!(ms > 0) || !Number.isFinite(ms)) {
      throw new MixnasError('bad-data', `${what}: line ${number}: avg is ${match[1]}, not above 0.`);
    }
    found = true;
    yield { model: nameOf(line), ms };
  }
  if (!found) throw new MixnasError('bad-data', `${what}: no line has min, max and avg.`);
}
