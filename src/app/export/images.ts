/** The images that a file is checked with, and how our own network answers them. */
import { createRandom } from '../../base/index.js';
import { type LayerGraph, lower } from '../../models/index.js';
import type { NamedWeights } from '../../formats/index.js';
import {
  type DataSet,
  type Runtime,
  createNetwork,
  evalBatches,
  loadRuntime,
  resizeImages,
} from '../../training/index.js';
import { type LowerOptions, deployedArchitecture } from '../../export/index.js';
import type { ExportSource } from './sources.js';

export interface CheckImages {
  /** Normalised, `[height, width, channels]` each. */
  readonly images: readonly Float32Array[];
  /** Undefined where the images are noise, as nothing is known of the network's own. */
  readonly labels?: readonly number[] | undefined;
  /** What a report calls them. */
  readonly what: string;
}

/** Images beyond this height take so long to compute that fewer are used. */
export const largeImages = 64;

/**
 * Evenly spaced test images of the data set, resized where the network reads another size; noise where there is none.
 * @param count 1000 by default, of large images 100.
 */
export async function checkImages(
  source: ExportSource,
  dataset: DataSet | undefined,
  count: number | undefined,
): Promise<CheckImages> {
  const { resolution } = source.architecture;
  const asked = count ?? (resolution > largeImages ? 100 : 1000);
  if (!dataset) {
    // Noise costs as much to check as images do and says less; a few tell whether two programs are the same.
    return { images: noise(source, 'check', Math.min(asked, 8)), what: 'random images' };
  }
  const resized = dataset.test.height === resolution ? '' : `, resized to ${resolution}x${resolution}`;
  const images = await imagesOf(dataset.test, source, asked);
  return { ...images, what: `test images of ${dataset.name}${resized}` };
}

/** Images of normal noise, the same for the same network and use. */
export function noise({ spec, architecture }: ExportSource, use: string, count: number): Float32Array[] {
  const { resolution, inputChannels } = architecture;
  const random = createRandom(`${use} ${spec}`);
  const size = resolution * resolution * inputChannels;
  return Array.from({ length: count }, () => Float32Array.from({ length: size }, () => random.normal()));
}

/** `count` evenly spaced images of a set, normalised and as large as the network wants them. */
export async function imagesOf(
  set: DataSet['test'],
  { mean, std, architecture: { resolution } }: Pick<ExportSource, 'mean' | 'std' | 'architecture'>,
  count: number,
): Promise<{ readonly images: Float32Array[]; readonly labels: number[] }> {
  const total = Math.min(count, set.count);
  const indices = Uint32Array.from({ length: total }, (_, i) => Math.floor((i * set.count) / total));
  const normalisation = { mean, std, batchSize: 100 };
  const images: Float32Array[] = [];
  const labels: number[] = [];
  const size = set.height * set.width * set.channels;
  for await (const batch of evalBatches(set, indices, normalisation)) {
    batch.labels.forEach((label, i) => {
      const image = batch.images.slice(i * size, (i + 1) * size);
      const same = set.height === resolution;
      images.push(same ? image : resizeImages(image, 1, set.height, resolution, set.channels));
      labels.push(label);
    });
  }
  return { images, labels };
}

/** The logits of our own network for each image: gates soft and swish replaced as in the exported one. */
export async function networkLogits(
  {
    architecture,
    weights,
  }: { readonly architecture: ExportSource['architecture']; readonly weights: NamedWeights },
  images: readonly Float32Array[],
  options: Pick<LowerOptions, 'swish' | 'groups'>,
): Promise<Float32Array[]> {
  const runtime = await loadRuntime();
  const graph = lower(deployedArchitecture(architecture, options));
  const network = createNetwork(graph, runtime, { weights });
  try {
    const logits: Float32Array[] = [];
    for (let begin = 0; begin < images.length; begin += batchSize) {
      logits.push(
        ...batchLogits(network, runtime, graph, images.slice(begin, begin + batchSize), options.groups),
      );
      await new Promise(setImmediate);
    }
    return logits;
  } finally {
    network.dispose();
  }
}

/** Small, because networks for deployment have large images. */
const batchSize = 16;

function batchLogits(
  network: ReturnType<typeof createNetwork>,
  { tf }: Runtime,
  graph: LayerGraph,
  images: readonly Float32Array[],
  groups: number | undefined,
): Float32Array[] {
  const [height, width, channels] = graph.ops[0]?.shape ?? [0, 0, 0];
  const all = new Float32Array(images.length * height * width * channels);
  images.forEach((image, i) => all.set(image, i * image.length));
  const input = tf.tensor4d(all, [images.length, height, width, channels]);
  const { logits } = network.inspect(input, groups);
  input.dispose();
  return images.map((_, i) => logits.slice(i * graph.classes, (i + 1) * graph.classes));
}
