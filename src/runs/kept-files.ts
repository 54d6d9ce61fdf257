/** The weights and checkpoints of a run: where they belong, and which of them go. */
import { lstatSync, rmSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ownFolder, ownPart, removeOwn, removeOwnWhere } from '../base/index.js';

/** What a writer does with the weights and checkpoints of its run. */
export interface KeptFiles {
  /** Where the weights of a trial belong. */
  weightsPath(trial: number): string;
  /** Removes a trial's weights, if there are any. */
  removeWeights(trial: number): void;
  /** Removes all weights but those of `trials`; only while no worker is writing any. */
  keepWeights(trials: ReadonlySet<number>): void;
  /** Where the checkpoint of a trial after so many steps belongs; its folder is made. */
  checkpointPath(trial: number, step: number): string;
  removeCheckpoint(path: string): void;
  /** Removes all checkpoints but these; only while no worker is writing any. */
  keepCheckpoints(paths: ReadonlySet<string>): void;
  close(): void;
}

/** Names that a search gives, and those under which it writes them first. */
const weightsName = /^\d+\.safetensors(\.\d+\.tmp){0,2}$/;
const checkpointName = /^\d+-\d+(\.\d+\.tmp)?$/;

/** @throws MixnasError `bad-run` where a folder of the run is a link, or no folder; weights that are missing are made. */
export function keptFiles(folder: string): KeptFiles {
  const weights = join(folder, 'weights');
  const checkpoints = join(folder, 'checkpoints');
  const isWeights = () => ownFolder(weights, 'bad-run');
  isWeights();
  ownPart(checkpoints, 'folder', 'bad-run');
  const weightsPath = (trial: number) => join(isWeights(), `${trial}.safetensors`);
  return {
    weightsPath,
    removeWeights: (trial) => removeOwn(weightsPath(trial)),
    keepWeights(trials) {
      const keep = new Set([...trials].map((trial) => `${trial}.safetensors`));
      removeOwnWhere(weights, (name) => weightsName.test(name) && !keep.has(name), 'bad-run');
    },
    checkpointPath: (trial, step) => join(ownFolder(checkpoints, 'bad-run'), `${trial}-${step}`),
    removeCheckpoint(path) {
      if (!ownPart(checkpoints, 'folder', 'bad-run')) return;
      // A program of the user's may have made a folder of it, for this search. Links in it are not followed.
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
      else removeOwn(path);
    },
    keepCheckpoints(paths) {
      const keep = new Set([...paths].map((path) => basename(path)));
      removeOwnWhere(checkpoints, (name) => checkpointName.test(name) && !keep.has(name), 'bad-run');
    },
    close: () => removeIfEmpty(checkpoints),
  };
}

/** Removes a folder that has nothing in it; a link stays, as does a folder that is not empty, or not there. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It stays.
  }
}
