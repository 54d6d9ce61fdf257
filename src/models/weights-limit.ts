/** Networks that no file and no tensor can hold are refused before anything is made of them. */
import { MixnasError, formatBytes, formatCount, sizeLimits } from '../base/index.js';
import { countCost } from './cost.js';
import type { LayerGraph } from './graph.js';

/** @throws MixnasError `bad-config` when the graph's weights are larger than a weights file may be. */
export function checkWeightsLimit(graph: LayerGraph): void {
  const { params } = countCost(graph);
  if (params * 4 <= sizeLimits.weights) return;
  throw new MixnasError(
    'bad-config',
    `The network has ${formatCount(params)} weights, ${formatBytes(params * 4)}: more than ${formatBytes(sizeLimits.weights)} cannot be held or saved.`,
    { remedy: 'Lower the channels (`out`) of its widest layers, or the number of classes.' },
  );
}

/**
 * @param batch images that go through the network at once.
 * @param memoryBytes of the machine.
 * @throws MixnasError `bad-config` when what a single layer puts out does not fit.
 */
export function checkActivationsLimit(graph: LayerGraph, batch: number, memoryBytes: number): void {
  const largest = Math.max(
    ...graph.ops.map(({ shape: [height, width, channels] }) => height * width * channels),
  );
  const bytes = largest * batch * 4;
  if (bytes <= memoryBytes) return;
  throw new MixnasError(
    'bad-config',
    `One layer's output for ${batch} images takes ${formatBytes(bytes)}; this machine has ${formatBytes(memoryBytes)}.`,
    { remedy: 'Lower the batch size, the resolution, or the channels of its widest layers.' },
  );
}
