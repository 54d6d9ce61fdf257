/** Weights for scripts: safetensors files in and out, with the metadata that say what they are weights of. */
import { MixnasError, messageOf, readBytes, sizeLimits, writeFileAtomic } from '../../base/index.js';
import { type Weights, type WeightsMetadata, decodeWeights, encodeWeights } from '../../training/index.js';
import { weightsPath } from './saved.js';

/** What a weights file holds. */
export interface WeightsFile {
  /** Arrays of 32-bit floats by name, `<op>.kernel`, `.gamma` and so on; layouts are those of the layer graph. */
  readonly weights: Weights;
  /** Free text; a file of mixnas holds `architecture` and `data` as JSON, among others. */
  readonly metadata: WeightsMetadata;
}

/**
 * Reads weights.
 * @param spec `run#trial`, a .safetensors file, or a folder that a training wrote.
 * @throws MixnasError `bad-run` where a trial's weights were not kept, `bad-data` for a missing or broken file.
 */
export function readWeights(spec: string): WeightsFile {
  const path = weightsPath(spec);
  try {
    return decodeWeights(readBytes(path, 'bad-data', { limit: sizeLimits.weights }), path);
  } catch (error) {
    if (error instanceof MixnasError) throw error;
    throw new MixnasError('bad-data', `${path}: ${messageOf(error)}.`, { cause: error });
  }
}

/**
 * Writes weights as safetensors, whole or not at all. With the metadata of a file that mixnas wrote, mixnas
 * reads it again.
 * @throws MixnasError `no-space` where the disk is full or not writable.
 */
export function writeWeights(path: string, { weights, metadata }: WeightsFile): void {
  writeFileAtomic(path, encodeWeights(weights, metadata));
}
