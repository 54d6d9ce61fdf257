/** Trained networks on disk, by what a user calls them. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MixnasError, commandLine, ownPart, readBytes, sizeLimits } from '../../base/index.js';
import { type GateShares } from '../../models/index.js';
import { type GateStatistics, type TrainedNetwork, decodeNetwork } from '../../training/index.js';
import { findTrial, parseTrial } from './trial.js';

/**
 * Reads the weights that a user names.
 * @param spec `run#trial`, a weights file, or a folder that `train` wrote.
 * @throws MixnasError `bad-run` where a trial's weights were not kept, `bad-data` for a broken file.
 */
export function readSaved(spec: string): TrainedNetwork {
  const { path, own } = placeOf(spec);
  return readNetwork(path, own);
}

/** @throws MixnasError `bad-data` for a missing or broken file. */
function readNetwork(path: string, own = false): TrainedNetwork {
  return decodeNetwork(readBytes(path, 'bad-data', { limit: sizeLimits.weights, own }), path);
}

/** Where the weights lie that a user names. */
export function weightsPath(spec: string): string {
  return placeOf(spec).path;
}

/** Where they lie, and whether that is in a folder of ours. */
function placeOf(spec: string): { readonly path: string; readonly own: boolean } {
  const trial = existsSync(spec) ? undefined : parseTrial(spec);
  if (trial) {
    const { run, row } = findTrial(trial);
    const path = join(run.folder, 'weights', `${row.id}.safetensors`);
    ownPart(dirname(path), 'folder', 'bad-run');
    if (ownPart(path, 'file', 'bad-run')) return { path, own: true };
    throw new MixnasError('bad-run', `The weights of trial ${row.id} of ${run.name} were not kept.`, {
      remedy: `Runs keep the weights of their front; train it again: ${commandLine('train', spec)}`,
    });
  }
  if (!existsSync(spec)) {
    throw new MixnasError('bad-data', `${spec}: no such weights file or folder.`, {
      remedy: 'Name a trial as `run#trial`, a .safetensors file, or a folder that `mixnas train` wrote.',
    });
  }
  const isFolder = statSync(spec).isDirectory();
  return { path: isFolder ? join(spec, 'weights.safetensors') : spec, own: isFolder };
}

/** How often each group ran, by gate. */
export function sharesOf(gates: GateStatistics): GateShares {
  return Object.fromEntries(Object.entries(gates).map(([name, { runs }]) => [name, runs]));
}

/** What the gates of a kept trial did on its validation images; undefined where its weights were not kept. */
export function gatesOfTrial(runFolder: string, trial: number): GateStatistics | undefined {
  const path = join(runFolder, 'weights', `${trial}.safetensors`);
  ownPart(dirname(path), 'folder', 'bad-run');
  return ownPart(path, 'file', 'bad-run') ? readNetwork(path, true).gates : undefined;
}
