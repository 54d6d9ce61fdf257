/** The folder that a training writes: never one that holds another, and none left behind by one that failed early. */
import { existsSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  asDiskError,
  commandLine,
  makeFolders,
  MixnasError,
  removeOwn,
  removeOwnWhere,
} from '../../base/index.js';

export const checkpointName = 'checkpoint.safetensors';
export const weightsName = 'weights.safetensors';
export const eventsName = 'events';

/**
 * A second training would leave the first one's files among its own until it has written them all: its
 * checkpoint, from which `--resume` would continue the first.
 * @throws MixnasError `bad-usage` when the folder holds a training.
 */
export function refuseTaken(folder: string): void {
  const resumes = existsSync(join(folder, checkpointName));
  if (!resumes && !existsSync(join(folder, weightsName))) return;
  throw new MixnasError('bad-usage', `${folder} already holds a training.`, {
    remedy: resumes
      ? `Resume it: ${commandLine('train', folder, '--resume')}. Or name another folder.`
      : 'Name another folder.',
  });
}

/** Makes a folder, so that one that cannot be written is found early, and takes it away if `use` fails. */
export async function withFolder<T>(folder: string, use: () => Promise<T>): Promise<T> {
  let made: string | undefined;
  try {
    made = makeFolders(folder);
  } catch (error) {
    throw asDiskError(error, folder) ?? error;
  }
  try {
    return await use();
  } catch (error) {
    const kept = existsSync(join(folder, checkpointName));
    if (made !== undefined && !kept) removeMade(folder, made);
    throw error;
  }
}

/** Takes away the files of a training, and the folders that were made for it as far as nothing else is in them. */
function removeMade(folder: string, first: string): void {
  const events = join(folder, eventsName);
  removeOwnWhere(events, (name) => name.startsWith('events.out.tfevents.'), 'bad-data');
  for (const name of [weightsName, 'architecture.json', 'training.json']) removeOwn(join(folder, name));
  try {
    rmdirSync(events);
  } catch {
    // It is not there.
  }
  try {
    for (let inner = resolve(folder); inner.length >= resolve(first).length; inner = dirname(inner))
      rmdirSync(inner);
  } catch {
    // Something else is in it.
  }
}
