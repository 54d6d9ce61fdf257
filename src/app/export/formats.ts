/** The formats that a network is exported to, each with the program that checks its files. */
import { MixnasError } from '../../base/index.js';
import {
  type LoweredGraph,
  type QuantizedGraph,
  encodeTflite,
  interpret,
  loadLiteRt,
  loadTfliteC,
} from '../../export/index.js';
import type { CheckRuntime } from '../../export/index.js';
import { encodeGraph } from './graph-files.js';

const exportFormats = ['tflite', 'graph'] as const;
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

const graphFormat: CheckedFormat = {
  encode: (graph, _, name) => encodeGraph(graph, name),
  open: async () => ({
    name: 'the interpreter of mixnas',
    logits: async (graph, _, images) => images.map((image) => interpret(graph, image)),
  }),
};

export const formats: Readonly<Record<ExportFormat, CheckedFormat>> = {
  tflite: tfliteFormat,
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
