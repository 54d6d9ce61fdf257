/** TFLite files for measuring: with random weights, in the form that the unit runs best. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asDiskError, createRandom, makeFolders } from '../../../base/index.js';
import { encodeTflite, lowerGraph, targetOptions } from '../../../export/index.js';
import { randomWeights } from '../../../formats/index.js';
import type { LayerGraph } from '../../../models/index.js';
import type { DeviceUnit } from '../../../measure/index.js';

/** Where a phone's delegates differ from its CPU, as the targets of `export` have it. */
const targets = { cpu: 'cpu', gpu: 'gpu', nnapi: 'any' } as const;

/** The TFLite file of a graph with random weights. The same graph gives the same bytes. */
function timingFile(graph: LayerGraph, unit: DeviceUnit): Uint8Array {
  const channels = graph.ops[0]?.shape[2] ?? 3;
  const data = {
    labels: [],
    mean: Array.from({ length: channels }, () => 0),
    std: Array.from({ length: channels }, () => 1),
  };
  const weights = randomWeights(graph, createRandom(graph.name));
  return encodeTflite(lowerGraph(graph, weights, data, targetOptions(targets[unit])));
}

/** Writes each graph as NAME.tflite. @returns their paths. @throws MixnasError `no-space`. */
export function writeModels(folder: string, graphs: readonly LayerGraph[], unit: DeviceUnit): string[] {
  try {
    makeFolders(folder);
    return graphs.map((graph) => {
      const path = join(folder, `${graph.name}.tflite`);
      writeFileSync(path, timingFile(graph, unit));
      return path;
    });
  } catch (error) {
    throw asDiskError(error, folder) ?? error;
  }
}
