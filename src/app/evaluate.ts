/** Measuring a trained network on the test images, which nothing else touches. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MixnasError, messageOf } from '../base/index.js';
import { countCost, lower } from '../models/index.js';
import {
  type DataProgress,
  type TrainedNetwork,
  decodeNetwork,
  evaluateNetwork,
  loadDataSet,
  loadRuntime,
} from '../training/index.js';
import { findTrial, parseTrial } from './trial.js';

export interface EvaluateOptions {
  readonly onData?: ((progress: DataProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EvaluateReport {
  /** As it was asked for. */
  readonly network: string;
  readonly data: string;
  /** Test images. */
  readonly count: number;
  readonly accuracy: number;
  readonly loss: number;
  /** What it was trained, and is evaluated, at. */
  readonly resolution: number;
  readonly classes: number;
  readonly params: number;
  readonly macs: number;
}

/**
 * Test accuracy of saved weights.
 * @param spec `run#trial`, a weights file, or a folder that `train` wrote.
 * @throws MixnasError `bad-run` where a trial's weights were not kept, `bad-data` for a broken file.
 */
export async function evaluate(spec: string, options: EvaluateOptions = {}): Promise<EvaluateReport> {
  const path = weightsPath(spec);
  const { architecture, weights, data } = readNetwork(path);
  const dataset = await loadDataSet(data.spec, { onProgress: options.onData, signal: options.signal });
  const graph = lower(architecture);
  const { params, macs } = countCost(graph);
  const runtime = await loadRuntime();
  const measured = await evaluateNetwork({ graph, weights, set: dataset.test, normalisation: data, runtime });
  const { resolution, classes } = graph;
  return { network: spec, data: data.spec.name, ...measured, resolution, classes, params, macs };
}

/** @throws MixnasError `bad-data` for a missing or broken file. */
function readNetwork(path: string): TrainedNetwork {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new MixnasError('bad-data', `${path}: ${messageOf(error)}.`, { cause: error });
  }
  return decodeNetwork(bytes, path);
}

/** Where the weights lie that a user names. */
function weightsPath(spec: string): string {
  const trial = existsSync(spec) ? undefined : parseTrial(spec);
  if (trial) {
    const { run, row } = findTrial(trial);
    const path = join(run.folder, 'weights', `${row.id}.safetensors`);
    if (existsSync(path)) return path;
    throw new MixnasError('bad-run', `The weights of trial ${row.id} of ${run.name} were not kept.`, {
      remedy: `Runs keep the weights of their front; train it again with \`mixnas train ${spec}\`.`,
    });
  }
  if (!existsSync(spec)) {
    throw new MixnasError('bad-data', `${spec}: no such weights file or folder.`, {
      remedy: 'Name a trial as `run#trial`, a .safetensors file, or a folder that `mixnas train` wrote.',
    });
  }
  return statSync(spec).isDirectory() ? join(spec, 'weights.safetensors') : spec;
}
