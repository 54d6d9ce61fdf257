/** Small ONNX and TFLite files, made for tests. */
import { modelType } from '../../onnx/index.js';
import { operatorCode, writeTables } from '../../tflite/index.js';

export interface Node {
  readonly domain?: string;
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute?: readonly object[];
}
export interface Tensor {
  readonly dims: readonly number[];
  readonly values?: readonly number[];
  readonly more?: object;
}
export const ints = (name: string, values: readonly number[]) => ({ name, type: 7, ints: values });
export const int = (name: string, i: number) => ({ name, type: 2, i });

/** An ONNX file of one input and one output, whose weights are there by their dims alone. */
export function onnx(
  input: readonly (number | string)[],
  nodes: readonly Node[],
  constants: Readonly<Record<string, Tensor>>,
  graph: object = {},
): Uint8Array {
  const dim = input.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  const message = modelType.fromObject({
    irVersion: 8,
    opsetImport: [{ version: 17 }],
    graph: {
      node: nodes,
      initializer: Object.entries(constants).map(([name, { dims, values, more }]) => ({
        name,
        dims,
        ...(values ? { dataType: 7, int64Data: values } : { dataType: 1 }),
        ...more,
      })),
      input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }],
      output: [{ name: 'y' }],
      ...graph,
    },
  });
  return modelType.encode(message).finish();
}

/** A TFLite file: tensors by name with their shape, type and whether they are constants. */
export function tflite(
  tensors: readonly (readonly [
    shape: readonly number[],
    type?: number,
    data?: Uint8Array | undefined,
    more?: object,
  ])[],
  ops: readonly (readonly [string, readonly number[], readonly number[], number?, object?])[],
): Uint8Array {
  const names = [...new Set(ops.map(([name]) => name))];
  const known = (name: string) => operatorCode(name) >= 0;
  return writeTables({
    version: 3,
    operatorCodes: names.map((name) =>
      known(name)
        ? { code: operatorCode(name), oldCode: Math.min(127, operatorCode(name)) }
        : { code: 32, oldCode: 32, custom: name },
    ),
    buffers: [{}, ...tensors.map(([, , data]) => (data ? { data } : {}))],
    subgraphs: [
      {
        inputs: [0],
        outputs: [tensors.length - 1],
        tensors: tensors.map(([shape, type = 0, , more], i) => ({
          shape,
          type,
          buffer: i + 1,
          name: `t${i}`,
          ...more,
        })),
        operators: ops.map(([name, inputs, outputs, optionsType = 0, options]) => ({
          code: names.indexOf(name),
          inputs,
          outputs,
          ...(options && { optionsType, options: options as never }),
        })),
      },
    ],
  });
}
export const bytes = (count: number) => new Uint8Array(count);
export const int32 = (...values: number[]) => new Uint8Array(Int32Array.from(values).buffer);
