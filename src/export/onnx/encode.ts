/**
 * From the lowered graph to the bytes of an ONNX file (opset 17): float, with 16-bit weights, or quantized in the form
 * of QuantizeLinear and DequantizeLinear pairs, from the same graph as TFLite's integers.
 *
 * Maps have their channels second, as ONNX wants. The middle of attention, whose arrays are no maps, keeps the lowered
 * graph's order of axes; a transposition stands where a map becomes one of these, and back.
 */
import { packageVersion } from '../../base/index.js';
import { onnx } from '../../formats/index.js';
import type { LoweredGraph, QuantizedGraph } from '../lower/index.js';
import { metadataOf } from '../tflite/metadata.js';
import { layoutOf, shapeIn } from './layout.js';
import { OnnxFile, valueInfo } from './file.js';
import { NodeWriter } from './nodes.js';
import { shuffles } from './shuffles.js';
import { Values } from './values.js';

export interface OnnxFileOptions {
  /** How kernels and biases are stored; half as many bytes, computed in float32. */
  readonly weights?: 'float32' | 'float16';
}

/**
 * The bytes of an ONNX file that reads floats [1, channels, height, width] and gives floats [1, classes]. The same
 * graph gives the same bytes.
 * @param source a float graph, or one in 8-bit integers.
 */
export function encodeOnnxFile(
  source: LoweredGraph | QuantizedGraph,
  options: OnnxFileOptions = {},
): Uint8Array {
  const quantized = 'graph' in source;
  const graph = quantized ? source.graph : source;
  const file = new OnnxFile(options.weights ?? 'float32');
  const values = new Values(graph, quantized ? source.values : [], file);
  const writer = new NodeWriter(values, file);
  const turns = shuffles(graph);
  const { input, output } = graph.signature;
  values.begin(graph.input, input);
  for (const node of graph.nodes) {
    const turn = turns.get(node);
    if (turn === 'gone') continue;
    if (turn) writer.shuffle(turn);
    else writer.write(node);
  }
  const given = values.finish(graph.output);
  if (given !== output) file.node('Identity', output, [given], [output]);
  const about = metadataOf(graph).map(({ name, data }) => ({
    key: name,
    value: new TextDecoder().decode(data),
  }));
  const model = {
    irVersion: 8,
    producerName: 'mixnas',
    producerVersion: packageVersion(),
    domain: '',
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: about,
    graph: {
      name: graph.name,
      node: file.nodes,
      initializer: file.tensors,
      input: [valueInfo(input, values.fileShape(graph.input))],
      output: [valueInfo(output, shapeIn(layoutOf(values.shape(graph.output)), values.shape(graph.output)))],
      valueInfo: file.infos,
    },
  };
  return onnx.modelType.encode(onnx.modelType.fromObject(model)).finish();
}
