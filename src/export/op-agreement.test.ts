/** Every op in integers, one by one: what runtimes make of the integers that they read themselves. */
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../base/index.js';
import { type CheckRuntime, loadLiteRt, loadTfliteC } from './check/index.js';
import { evaluate } from './interpret/interpret.js';
import { type LoweredNode, type QuantizedGraph, lowerNetwork, targetOptions } from './lower/index.js';
import { quantizeGraph } from './quantize/index.js';
import { toFloats, toIntegers } from './quantize/parameters.js';
import { featureArchitectures, gatedArchitecture } from './test-helpers/features.js';
import { someData, someImage, someWeights } from './test-helpers/networks.js';
import { encodeTflite } from './tflite/index.js';

let runtimes: CheckRuntime[];
beforeAll(async () => {
  const litert = await loadLiteRt();
  if (!litert) throw new Error('LiteRT is not installed');
  runtimes = [litert, loadTfliteC()].filter((runtime) => runtime !== undefined);
}, 180_000);

const shapeOf = ({ graph }: QuantizedGraph, id: number) => graph.values[id]?.shape ?? [];

/** The network up to one value, which it gives as floats. */
function upTo({ graph, values }: QuantizedGraph, place: number, id: number): QuantizedGraph {
  const { name, shape } = graph.values[id] as QuantizedGraph['graph']['values'][number];
  const output = graph.values.length;
  const last: LoweredNode = {
    kind: 'dequantize',
    name: 'seen',
    layer: name,
    inputs: [id],
    outputs: [output],
  };
  const nodes = [...graph.nodes.slice(0, place + 1), last];
  return { graph: { ...graph, values: [...graph.values, { name: 'seen', shape }], nodes, output }, values };
}

/** What a runtime makes of an image, value by value. */
async function valuesIn(runtime: CheckRuntime, quantized: QuantizedGraph, image: Float32Array) {
  const made = new Map<number, Float32Array>();
  for (const [place, node] of quantized.graph.nodes.entries()) {
    for (const id of node.outputs) {
      if (!quantized.values[id]) continue;
      const model = await runtime.load(encodeTflite(upTo(quantized, place, id)));
      made.set(id, Float32Array.from(await model.run(image)));
      model.dispose();
    }
  }
  return made;
}

test.each(Object.entries({ ...featureArchitectures, gates: gatedArchitecture }))(
  '%s: no runtime is more than a step from an op as it is quantized, and few numbers are that',
  async (name, architecture) => {
    const random = createRandom(`ops ${name}`);
    const weights = someWeights(architecture, random);
    const images = Array.from({ length: 8 }, () => someImage(architecture, random));
    const quantized = quantizeGraph(
      lowerNetwork(architecture, weights, someData, targetOptions('any')),
      images,
      {
        calibration: 'mse',
        equalise: false,
        correctBias: true,
        io: 'float',
      },
    );
    const { graph, values } = quantized;
    for (const runtime of runtimes) {
      const made = await valuesIn(runtime, quantized, images[0] as Float32Array);
      const read = (id: number) => {
        const own = values[id];
        return own?.data
          ? toFloats(own.data, shapeOf(quantized, id), own)
          : (made.get(id) ?? graph.values[id]?.data);
      };
      let [numbers, apart] = [0, 0];
      for (const node of graph.nodes) {
        const inputs = node.inputs.map(read);
        if (inputs.some((input) => input === undefined)) continue;
        const shapes = (ids: readonly number[]) => ids.map((id) => shapeOf(quantized, id));
        const outputs = evaluate(node, inputs as Float32Array[], shapes(node.inputs), shapes(node.outputs));
        node.outputs.forEach((id, i) => {
          const own = values[id];
          if (!own) return;
          const expected = toIntegers(outputs[i] as Float32Array, shapeOf(quantized, id), own);
          const actual = toIntegers(made.get(id) as Float32Array, shapeOf(quantized, id), own);
          const steps = Array.from(actual, (value, place) => Math.abs(value - (expected[place] as number)));
          numbers += steps.length;
          apart += steps.reduce((sum, step) => sum + step, 0);
          expect(Math.max(...steps), `${node.name} in ${runtime.name}`).toBeLessThanOrEqual(1);
        });
      }
      expect(numbers).toBeGreaterThan(500);
      // TensorFlow Lite 2.9 rounds twice, first to the bits below a step: one number in some hundreds is a step too high.
      expect(apart / numbers, `in ${runtime.name}`).toBeLessThan(0.01);
    }
  },
  120_000,
);
