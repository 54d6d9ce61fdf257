/** From the lowered graph to the bytes of a TFLite file: float, with 16-bit weights, or in 8-bit integers. */
import { packageVersion } from '../../base/index.js';
import { tflite } from '../../formats/index.js';
import type { LoweredGraph, LoweredNode, QuantizedGraph } from '../lower/index.js';
import { halfBytes } from './half.js';
import { metadataOf } from './metadata.js';
import { type OperatorForm, operatorOf } from './operators.js';
import { labelsFile } from './standard-metadata.js';
import { Tensors } from './tensors.js';
import { zipOf } from './zip.js';

type Operator = tflite.TableInput<'Operator'>;

export interface TfliteOptions {
  /** How kernels and biases of convolutions and dense layers are stored; half as many bytes, computed in float32. */
  readonly weights?: 'float32' | 'float16';
}

/**
 * The bytes of a TFLite file with one signature, `serving_default`. The same graph gives the same bytes.
 * @param source a float graph, or one in 8-bit integers.
 */
export function encodeTflite(source: LoweredGraph | QuantizedGraph, options: TfliteOptions = {}): Uint8Array {
  const quantized = 'graph' in source;
  const graph = quantized ? source.graph : source;
  const tensors = new Tensors(graph, quantized ? source.values : []);
  const operators = new Operators();
  const input = tensors.of(graph.input);
  for (const node of graph.nodes) {
    if (options.weights === 'float16') halve(graph, node, tensors, operators);
    operators.add(
      operatorOf(node, tensors),
      node.outputs.map((id) => tensors.of(id)),
    );
  }
  const output = tensors.of(graph.output);
  const { signature } = graph;
  const metadata = metadataOf(graph).map(({ name, data }) => {
    tensors.buffers.push({ data });
    return { name, buffer: tensors.buffers.length - 1 };
  });
  const model = tflite.writeTables({
    version: 3,
    operatorCodes: operators.codes,
    subgraphs: [
      {
        name: graph.name,
        tensors: tensors.tensors,
        inputs: [input],
        outputs: [output],
        operators: operators.operators,
      },
    ],
    description: `${graph.name}, written by mixnas ${packageVersion()}`,
    buffers: tensors.buffers,
    metadata,
    signatures: [
      {
        key: 'serving_default',
        subgraph: 0,
        inputs: [{ name: signature.input, tensor: input }],
        outputs: [{ name: signature.output, tensor: output }],
      },
    ],
  });
  const labels = new TextEncoder().encode(signature.labels.map((label) => `${label}\n`).join(''));
  // The archive stands behind the model, where readers of the model do not look.
  return Buffer.concat([model, zipOf(labelsFile, labels, model.length)]);
}

/** Operators, and the codes that they share. */
class Operators {
  readonly operators: Operator[] = [];
  readonly codes: tflite.TableInput<'OperatorCode'>[] = [];
  readonly #known = new Map<string, number>();

  add({ name, version, inputs, optionsType, options }: OperatorForm, outputs: readonly number[]): void {
    const operator: Operator = { code: this.#code(name, version), inputs, outputs };
    this.operators.push(optionsType === undefined ? operator : { ...operator, optionsType, options });
  }

  #code(name: string, version: number): number {
    const key = `${name} ${version}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const code = tflite.operatorCode(name);
    this.codes.push({ code, oldCode: Math.min(code, tflite.placeholderCode), version });
    this.#known.set(key, this.codes.length - 1);
    return this.codes.length - 1;
  }
}

/** Stores the weights of a node in 16 bits, and has them made 32 again before it. */
function halve(graph: LoweredGraph, node: LoweredNode, tensors: Tensors, operators: Operators): void {
  if (node.kind !== 'conv2d' && node.kind !== 'depthwiseConv2d' && node.kind !== 'dense') return;
  for (const id of node.inputs.slice(1)) {
    const { name, shape, data } = graph.values[id] as LoweredGraph['values'][number];
    if (!data) continue;
    const stored = tensors.add(`${name}/float16`, 'float16', shape, halfBytes(data));
    const whole = tensors.add(name, 'float32', shape);
    tensors.alias(id, whole);
    // Version 3 of DEQUANTIZE reads 16-bit floats.
    operators.add({ name: 'DEQUANTIZE', version: 3, inputs: [stored], optionsType: 38, options: {} }, [
      whole,
    ]);
  }
}
