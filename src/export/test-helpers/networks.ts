/** Networks with weights that make every layer matter, and what our own trainer's network says to an image. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Random, createRandom, packageRoot } from '../../base/index.js';
import { type NamedWeights, randomWeights } from '../../formats/index.js';
import { type Architecture, lower, parseSpace, referenceArchitecture } from '../../models/index.js';
import { createNetwork, loadRuntime } from '../../training/index.js';
import { type LowerOptions, type NetworkData, deployedArchitecture } from '../lower/index.js';

export const someData: NetworkData = {
  labels: ['cat', 'dog'],
  mean: [0.5, 0.4, 0.3],
  std: [0.2, 0.25, 0.3],
};

/** Weights of an architecture: none is neutral, so that a forgotten one shows. */
export function someWeights(architecture: Architecture, random: Random): NamedWeights {
  const weights = new Map(randomWeights(lower(architecture), random));
  for (const [name, { shape, data }] of weights) {
    const scale = () => Math.exp(random.normal() / 4);
    if (name.endsWith('.variance') || name.endsWith('.gamma'))
      weights.set(name, { shape, data: data.map(scale) });
    else if (name.endsWith('.mean')) weights.set(name, { shape, data: data.map((v) => v / 4) });
  }
  return weights;
}

export function someImage({ resolution, inputChannels }: Architecture, random: Random): Float32Array {
  return Float32Array.from({ length: resolution * resolution * inputChannels }, () => random.normal());
}

/** What the network of our trainer says, hard gates soft as in the export. */
export async function trainedLogits(
  architecture: Architecture,
  weights: NamedWeights,
  image: Float32Array,
  options: LowerOptions,
): Promise<Float32Array> {
  const runtime = await loadRuntime();
  const graph = lower(deployedArchitecture(architecture, options));
  const network = createNetwork(graph, runtime, { weights });
  const { resolution, inputChannels } = architecture;
  const input = runtime.tf.tensor4d(image, [1, resolution, resolution, inputChannels]);
  const logits = network.inspect(input, options.groups).logits;
  input.dispose();
  network.dispose();
  return logits;
}

/** The largest difference, of the range of the expected values. */
export function relativeDifference(actual: ArrayLike<number>, expected: Float32Array): number {
  const range = Math.max(...expected) - Math.min(...expected);
  return Math.max(...expected.map((v, i) => Math.abs(v - (actual[i] as number)))) / range;
}

/** Random architectures of one of the spaces that come with mixnas, by its file name. */
export function randomArchitectures(file: string, count: number, resolution: number): Architecture[] {
  const path = join(packageRoot(), 'spaces', file);
  const space = parseSpace(parse(readFileSync(path, 'utf8')), file);
  const random = createRandom(`export ${file}`);
  return Array.from({ length: count }, (_, i) => ({
    ...space.decode(space.random(random.fork(String(i)))),
    name: `${file}-${i}`,
    resolution,
  }));
}

/** A reference model at another resolution. */
export const referenceAt = (name: string, resolution: number): Architecture => ({
  ...referenceArchitecture(name),
  resolution,
});
