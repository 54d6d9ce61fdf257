/** The formats that a network is exported to, each with the program that checks its files. */
import { MixnasError } from '../../base/index.js';
import {
  type LoweredGraph,
  type QuantizedGraph,
  encodeOnnxFile,
  encodeTflite,
  interpret,
  loadLiteRt,
  loadOnnxRuntime,
  loadPytorch,
  loadTfliteC,
  pytorchProgram,
} from '../../export/index.js';
import type { CheckRuntime } from '../../export/index.js';
import { encodeWeights } from '../../training/index.js';
import { encodeGraph } from './graph-files.js';

const exportFormats = ['tflite', 'onnx', 'pytorch', 'graph'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What checks files of a format. */
export interface FormatRuntime {
  readonly name: string;
  /** What the file answers to each image. */
  logits(graph: LoweredGraph, bytes: Uint8Array, images: readonly Float32Array[]): Promise<Float32Array[]>;
}

export interface CheckedFormat {
  /** The files of a network; the first is the one that is checked. */
  encode(
    graph: LoweredGraph,
    precision: 'float32' | 'float16',
    name: string,
  ): readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** The same in 8-bit integers; undefined where the format has none. */
  readonly encodeInt8?: (
    graph: QuantizedGraph,
    name: string,
  ) => readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** @throws MixnasError `no-backend` when none is installed. */
  open(): Promise<FormatRuntime>;
  /** Every runtime that is installed and runs files of 8-bit integers. */
  readonly openAll?: () => Promise<readonly CheckRuntime[]>;
}

const tfliteFormat: CheckedFormat = {
  encode: (graph, precision, name) => [
    { name: `${name}.tflite`, bytes: encodeTflite(graph, { weights: precision }) },
  ],
  encodeInt8: (graph, name) => [{ name: `${name}.tflite`, bytes: encodeTflite(graph) }],
  openAll: async () => [await loadLiteRt(), loadTfliteC()].filter((runtime) => runtime !== undefined),
  async open() {
    const runtime = (await loadLiteRt()) ?? loadTfliteC();
    if (runtime) return { name: runtime.name, logits: (_, bytes, images) => runAll(runtime, bytes, images) };
    throw new MixnasError('no-backend', 'No runtime for TFLite files is installed to check them with.', {
      remedy: 'Install one (npm install @litertjs/core), or export unchecked with --no-check.',
    });
  },
};

const onnxFormat: CheckedFormat = {
  encode: (graph, precision, name) => [
    { name: `${name}.onnx`, bytes: encodeOnnxFile(graph, { weights: precision }) },
  ],
  encodeInt8: (graph, name) => [{ name: `${name}.onnx`, bytes: encodeOnnxFile(graph) }],
  openAll: async () => [await loadOnnxRuntime()].filter((runtime) => runtime !== undefined),
  async open() {
    const runtime = await loadOnnxRuntime();
    if (runtime) return { name: runtime.name, logits: (_, bytes, images) => runAll(runtime, bytes, images) };
    throw new MixnasError('no-backend', 'No runtime for ONNX files is installed to check them with.', {
      remedy:
        'Install it (npm install --ignore-scripts onnxruntime-node), or export unchecked with --no-check.',
    });
  },
};

/** `model.py` and its weights, in a folder of the network's name. */
function pytorchFiles(graph: LoweredGraph) {
  const { source, weights } = pytorchProgram(graph);
  return [
    { name: 'model.py', bytes: new TextEncoder().encode(source) },
    { name: 'weights.safetensors', bytes: encodeWeights(weights) },
  ];
}

const pytorchFormat: CheckedFormat = {
  encode(graph, precision, name) {
    if (precision === 'float16') {
      throw new MixnasError('bad-usage', 'A PyTorch program has its weights in 32 bits.', {
        remedy: 'Leave --float16 out, and call .half() on the model.',
      });
    }
    return pytorchFiles(graph).map((file) => ({ ...file, name: `${name}/${file.name}` }));
  },
  async open() {
    const runtime = await loadPytorch();
    if (runtime === undefined) {
      throw new MixnasError('no-backend', 'There is no Python with torch to check the program with.', {
        remedy: 'Install torch, name its Python in MIXNAS_PYTHON, or export unchecked with --no-check.',
      });
    }
    return {
      name: runtime.name,
      logits(graph, _, images) {
        const [, resolution = 1, , channels = 1] = graph.values[graph.input]?.shape ?? [];
        return runtime.logits(pytorchFiles(graph), images, { resolution, channels });
      },
    };
  },
};

const graphFormat: CheckedFormat = {
  encode: (graph, _, name) => encodeGraph(graph, name),
  open: async () => ({
    name: 'the interpreter of mixnas',
    logits: async (graph, _, images) => images.map((image) => interpret(graph, image)),
  }),
};

export const formats: Readonly<Record<ExportFormat, CheckedFormat>> = {
  tflite: tfliteFormat,
  onnx: onnxFormat,
  pytorch: pytorchFormat,
  graph: graphFormat,
};

/** What a file of floats at its ends answers to each image. */
export async function runAll(
  runtime: CheckRuntime,
  bytes: Uint8Array,
  images: readonly Float32Array[],
): Promise<Float32Array[]> {
  const model = await runtime.load(bytes);
  try {
    const logits: Float32Array[] = [];
    for (const image of images) logits.push(Float32Array.from(await model.run(image)));
    return logits;
  } finally {
    model.dispose();
  }
}
