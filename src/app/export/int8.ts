/** Quantizing a network for export: calibrated on training images, the technique chosen by what it costs. */
import {
  type Calibrated,
  type LayerError,
  type LoweredGraph,
  type QuantizeOptions,
  type QuantizedGraph,
  calibrate,
  calibrationMethods,
  createSimulation,
  layerErrors,
  quantizeObserved,
} from '../../export/index.js';
import type { DataSet } from '../../training/index.js';
import { imagesOf, largeImages, noise } from './images.js';
import type { ExportOptions } from './options.js';
import type { ExportSource } from './sources.js';
import type { FilePhase, Stopwatch } from './stopwatch.js';

/** How a network was quantized, and how far its logits are from the float network's. */
export interface QuantizationTry extends Omit<QuantizeOptions, 'io'> {
  /** Root of the mean square of the logits' difference, by the logits' own, on training images that were not
   * calibrated on; undefined where nothing was to be chosen or checked. */
  readonly error?: number | undefined;
}

export interface Quantized {
  readonly graph: QuantizedGraph;
  readonly chosen: QuantizationTry;
  /** Everything that was tried, in order. */
  readonly tried: readonly QuantizationTry[];
  /** What the float network says to the images that the technique was chosen by. */
  readonly expected: readonly Float32Array[];
  /** Each layer's error on training images, in execution order. */
  readonly layers: readonly LayerError[];
}

export interface TrainingImages {
  readonly calibration: readonly Float32Array[];
  /** None of those that are calibrated on. */
  readonly choice: readonly Float32Array[];
  /** Whether they are the network's own, not noise. */
  readonly known: boolean;
}

/** Images to calibrate on, to choose the technique by, and to measure layers with. */
const counts = { calibration: 100, choice: 60, layers: 8 } as const;
/** The same of large images, which the interpreter takes a second for. */
const fewer = { calibration: 24, choice: 8, layers: 2 } as const;

/** Images of the training set: to calibrate on and, none of these, to choose by. */
export async function trainingImages(
  source: ExportSource,
  dataset: DataSet | undefined,
): Promise<TrainingImages> {
  const { resolution } = source.architecture;
  const { calibration, choice } = resolution > largeImages ? fewer : counts;
  const total = calibration + choice;
  if (!dataset) {
    // They say as little as they are many, and large ones take long to compute.
    const images = noise(source, 'calibration', resolution > largeImages ? 1 : 8);
    return { calibration: images, choice: images.slice(0, 2), known: false };
  }
  const { images } = await imagesOf(dataset.train, source, total);
  const isChoice = (_: unknown, i: number) =>
    Math.floor((i * choice) / total) !== Math.floor(((i + 1) * choice) / total);
  return {
    calibration: images.filter((image, i) => !isChoice(image, i)),
    choice: images.filter(isChoice),
    known: true,
  };
}

/**
 * Quantizes a network in every way there is, or the one that was asked for, and keeps the one whose logits are nearest
 * to the float network's.
 */
export async function quantizeBest(
  graph: LoweredGraph,
  images: TrainingImages,
  expectedOf: (images: readonly Float32Array[]) => Promise<Float32Array[]>,
  { calibration, check, signal }: Pick<ExportOptions, 'calibration' | 'check' | 'signal'>,
  watch: Stopwatch<FilePhase>,
): Promise<Quantized> {
  // Nothing can be chosen by noise, and nothing gained: what is quickest is taken.
  const methods = calibration ? [calibration] : images.known ? calibrationMethods : (['min-max'] as const);
  const ways = methods.flatMap((method) =>
    (images.known ? [false, true] : [false]).map((equalise) => ({
      calibration: method,
      equalise,
      correctBias: true,
    })),
  );
  const compares = ways.length > 1 || check !== false;
  const expected = compares ? await watch.time('compare', () => expectedOf(images.choice)) : [];
  const calibrated = new Map<boolean, Calibrated>();
  const quantize = ({ equalise, ...way }: (typeof ways)[number]) => {
    const known = calibrated.get(equalise) ?? calibrate(graph, images.calibration, { equalise, io: 'float' });
    calibrated.set(equalise, known);
    return quantizeObserved(known, way);
  };
  let best: { graph: QuantizedGraph; way: QuantizationTry } | undefined;
  const tried: QuantizationTry[] = [];
  for (const way of ways) {
    const quantized = watch.timeSync('quantize', () => quantize(way));
    const error = compares
      ? watch.timeSync('compare', () => simulatedError(quantized, images.choice, expected))
      : undefined;
    tried.push({ ...way, error });
    if (!best || (error ?? 0) < (best.way.error ?? 0)) best = { graph: quantized, way: { ...way, error } };
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  }
  const { graph: kept, way: chosen } = best as NonNullable<typeof best>;
  const layers = compares ? watch.timeSync('compare', () => layersOf(kept, images)) : [];
  return { graph: kept, chosen, tried, expected, layers };
}

/** The error of each layer on some of the images. */
export function layersOf(quantized: QuantizedGraph, { calibration }: TrainingImages): readonly LayerError[] {
  const count = calibration.length > fewer.calibration ? counts.layers : fewer.layers;
  return layerErrors(quantized, calibration.slice(0, count));
}

/** How far the logits of a quantized network are from those that are expected: see `QuantizationTry`. */
export function simulatedError(
  quantized: QuantizedGraph,
  images: readonly Float32Array[],
  expected: readonly Float32Array[],
): number {
  const simulate = createSimulation(quantized);
  return relativeError(
    images.map((image) => simulate(image)),
    expected,
  );
}

function relativeError(actual: readonly Float32Array[], expected: readonly Float32Array[]): number {
  let [error, signal] = [0, 0];
  expected.forEach((row, i) => {
    row.forEach((value, c) => {
      error += (value - (actual[i]?.[c] as number)) ** 2;
      signal += value ** 2;
    });
  });
  return Math.sqrt(error / Math.max(signal, 1e-30));
}
