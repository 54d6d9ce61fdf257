/** TFLite files for measuring: with random weights, in the form that the unit runs best, in floats or 8-bit integers. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asDiskError, createRandom, makeFolders, readBytes, sizeLimits } from '../../../base/index.js';
import { encodeTflite, lowerGraph, quantizeGraph, targetOptions } from '../../../export/index.js';
import { randomWeights, tflite } from '../../../formats/index.js';
import type { LayerGraph } from '../../../models/index.js';
import type { DeviceUnit } from '../../../measure/index.js';

/** Where a phone's delegates differ from its CPU, as the targets of `export` have it. */
const targets = { cpu: 'cpu', gpu: 'gpu', nnapi: 'any' } as const;

/** The numbers that models read, compute with and give. */
export type ModelPrecision = 'float32' | 'int8';

/** The TFLite file of a graph with random weights. The same graph gives the same bytes. */
function timingFile(graph: LayerGraph, unit: DeviceUnit, precision: ModelPrecision): Uint8Array {
  const channels = graph.ops[0]?.shape[2] ?? 3;
  const data = {
    labels: [],
    mean: Array.from({ length: channels }, () => 0),
    std: Array.from({ length: channels }, () => 1),
  };
  const random = createRandom(graph.name);
  const lowered = lowerGraph(graph, randomWeights(graph, random), data, targetOptions(targets[unit]));
  if (precision === 'float32') return encodeTflite(lowered);
  const size = (graph.ops[0]?.shape ?? []).reduce((product, n) => product * n, 1);
  const noise = Float32Array.from({ length: size }, () => random.normal());
  // Ranges of noise, as the weights are noise too. Integers at both ends, so that an NPU runs all of it.
  const ranges = { calibration: 'min-max', equalise: false, correctBias: false, io: 'int8' } as const;
  return encodeTflite(quantizeGraph(lowered, [noise], ranges));
}

/** Writes each graph as NAME.tflite. @returns their paths. @throws MixnasError `no-space`. */
export function writeModels(
  folder: string,
  graphs: readonly LayerGraph[],
  unit: DeviceUnit,
  precision: ModelPrecision,
): string[] {
  try {
    makeFolders(folder);
    return graphs.map((graph) => {
      const path = join(folder, `${graph.name}.tflite`);
      writeFileSync(path, timingFile(graph, unit, precision));
      return path;
    });
  } catch (error) {
    throw asDiskError(error, folder) ?? error;
  }
}

/** What the models of a folder compute with, by the first of them; floats where there is none. */
export function precisionOfModels(folder: string): ModelPrecision {
  const first = existsSync(folder)
    ? readdirSync(folder)
        .toSorted()
        .find((file) => file.endsWith('.tflite'))
    : undefined;
  if (first === undefined) return 'float32';
  const path = join(folder, first);
  const [graph] =
    tflite.readTables(readBytes(path, 'bad-data', { limit: sizeLimits.weights }), path).subgraphs ?? [];
  return graph?.tensors?.[graph.inputs?.[0] ?? -1]?.type === tflite.tensorTypes.int8 ? 'int8' : 'float32';
}
