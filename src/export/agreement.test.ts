/** One quantized network in two formats: what TensorFlow Lite and ONNX Runtime make of the same integers. */
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../base/index.js';
import { type CheckRuntime, compareLogits, loadLiteRt, loadOnnxRuntime, loadTfliteC } from './check/index.js';
import { lowerNetwork, targetOptions } from './lower/index.js';
import { encodeOnnxFile } from './onnx/index.js';
import { quantizeGraph } from './quantize/index.js';
import { featureArchitectures, gatedArchitecture } from './test-helpers/features.js';
import { someData, someImage, someWeights } from './test-helpers/networks.js';
import { encodeTflite } from './tflite/index.js';

let onnxRuntime: CheckRuntime;
/** TensorFlow Lite of today, and of 2022 where it is installed. */
let tfliteRuntimes: CheckRuntime[];
beforeAll(async () => {
  const found = [await loadOnnxRuntime(), await loadLiteRt(), loadTfliteC()];
  if (!found[0] || !found[1]) throw new Error('ONNX Runtime or LiteRT is not installed');
  onnxRuntime = found[0];
  tfliteRuntimes = found.slice(1).filter((runtime) => runtime !== undefined);
}, 180_000);

const images = 200;

test.each(Object.entries({ ...featureArchitectures, gates: gatedArchitecture }))(
  '%s: int8 TFLite and QDQ ONNX are within 2 steps and choose the same classes',
  async (name, architecture) => {
    const random = createRandom(`agreement ${name}`);
    const options = targetOptions('any');
    const graph = lowerNetwork(architecture, someWeights(architecture, random), someData, options);
    const some = Array.from({ length: images }, () => someImage(architecture, random));
    const quantized = quantizeGraph(graph, some.slice(0, 12), {
      calibration: 'mse',
      equalise: false,
      correctBias: true,
      io: 'float',
    });
    const last = quantized.graph.nodes.at(-1)?.inputs[0] ?? 0;
    const step = quantized.values[last]?.scale[0] as number;
    const logitsOf = async (runtime: CheckRuntime, bytes: Uint8Array) => {
      const model = await runtime.load(bytes);
      const logits: Float32Array[] = [];
      for (const image of some) logits.push(Float32Array.from(await model.run(image)));
      model.dispose();
      return logits;
    };
    const expected = await logitsOf(onnxRuntime, encodeOnnxFile(quantized));
    for (const runtime of tfliteRuntimes) {
      const actual = await logitsOf(runtime, encodeTflite(quantized));
      const apart = actual.map((row, i) =>
        Math.max(...row.map((value, c) => Math.abs(value - (expected[i]?.[c] as number)) / step)),
      );
      expect(Math.max(...apart), `in ${runtime.name}`).toBeLessThan(2.5);
      const { agreement } = compareLogits(actual, expected);
      expect(agreement, `in ${runtime.name}`).toBeGreaterThanOrEqual(0.995);
    }
  },
);
