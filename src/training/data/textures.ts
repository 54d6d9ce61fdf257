/**
 * `textures`: a small procedural data set whose classes differ by scale alone, so that the size of a
 * network's kernels decides what it can learn. For tests, and for searching without a network.
 *
 * An image is a sum of plane waves of its class's wavelength, seen through noise. Direction, phase,
 * colours and contrast are drawn for every image, and its intensities are made equally frequent, so
 * no pixel by itself says anything: only how fast the pattern repeats does. The wavelengths rise
 * geometrically and are in pixels, whatever the resolution. Under the noise a 3x3 window sees little
 * difference between two slow waves; a window of half a wavelength does.
 */
import { z } from 'zod';
import { type Random, createRandom } from '../../base/index.js';
import { parseChannels, withChannels } from './channels.js';
import type { DataSetKind } from './data-set-kind.js';
import { type DataSet, type MemorySet, createDataSet, createLabels, resolutionSchema } from './image-set.js';
import type { LoadOptions } from './options.js';

/** What `textures` can be asked for. */
export interface TexturesOptions {
  readonly seed: number;
  /** Training images; a quarter as many test images are made, from other random numbers. */
  readonly size: number;
  /** Height and width in pixels. */
  readonly resolution: number;
  readonly classes: number;
}

/** The wavelength of the first and of the last class, in pixels. */
const shortestWavelength = 3;
const longestWavelength = 16;
const wavesPerImage = 6;
/** Standard deviation of the noise, and the least distance of an image's two colours, of 255. */
const noiseLevel = 45;
const leastContrast = 90;
/** A prime, so that any stride walks through the whole table of noise. */
const noiseTableLength = 16_381;
/** Images between two reports of progress. */
const tickEvery = 256;

/** What sets a class apart. */
interface Wavelength {
  readonly pixels: number;
  /** A wave of the class differs from `pixels` by up to this share: a quarter of the way to the next class. */
  readonly jitter: number;
}

/** The wavelength of every class, in geometric steps. */
function wavelengthsOf(classes: number): Wavelength[] {
  const step = (longestWavelength / shortestWavelength) ** (1 / (classes - 1));
  return Array.from({ length: classes }, (_, c) => ({
    pixels: shortestWavelength * step ** c,
    jitter: (step - 1) / 4,
  }));
}

const classNames = (classes: number) =>
  wavelengthsOf(classes).map(({ pixels }) => `waves of ${pixels.toFixed(1)} px`);

/** A quarter as many test images as there are training images. */
const testsOf = (size: number) => Math.ceil(size / 4);

/** How many of `count` images a class has when classes take turns. */
const takenBy = (label: number, count: number, classes: number) =>
  Math.floor(count / classes) + (label < count % classes ? 1 : 0);

/** Adds a plane wave to `field` (`[side, side]`); the sine of a sum needs no trigonometry a pixel. */
function addWave(
  field: Float64Array,
  side: number,
  wave: { x: number; y: number; phase: number; height: number },
) {
  const cosX = new Float64Array(side);
  const sinX = new Float64Array(side);
  for (let i = 0; i < side; i++) {
    cosX[i] = Math.cos(wave.x * i);
    sinX[i] = Math.sin(wave.x * i);
  }
  for (let y = 0, at = 0; y < side; y++) {
    const sin = wave.height * Math.sin(wave.y * y + wave.phase);
    const cos = wave.height * Math.cos(wave.y * y + wave.phase);
    for (let x = 0; x < side; x++, at++) {
      field[at] = (field[at] as number) + sin * (cosX[x] as number) + cos * (sinX[x] as number);
    }
  }
}

/** Replaces each value by its rank / length, in [0, 1): every field then has the same histogram. */
function equalise(field: Float64Array): void {
  const n = field.length;
  // One number sorts by value and carries its index in the low digits; much faster than a comparator.
  // No wave is higher than 1.5, so the sum is above `-2 * wavesPerImage` and the keys are positive.
  const keys = field.map((value, i) => Math.round((value + 2 * wavesPerImage) * 1e6) * n + i).sort();
  for (let rank = 0; rank < n; rank++) field[(keys[rank] as number) % n] = rank / n;
}

/** Two colours at least `leastContrast` apart. */
function drawColours(random: Random): [readonly number[], readonly number[]] {
  const colour = () => [random.next() * 255, random.next() * 255, random.next() * 255];
  for (;;) {
    const from = colour();
    const to = colour();
    if (Math.hypot(...from.map((value, i) => value - (to[i] as number))) >= leastContrast) return [from, to];
  }
}

/** Draws the texture of one wavelength into `out` (`[side, side, 3]`). `field` is scratch, `[side, side]`. */
function drawTexture(
  out: Uint8ClampedArray,
  field: Float64Array,
  side: number,
  wavelength: Wavelength,
  noise: Float32Array,
  random: Random,
): void {
  field.fill(0);
  const direction = random.next() * Math.PI;
  // From parallel stripes to a pattern without direction.
  const spread = random.next() * Math.PI;
  for (let i = 0; i < wavesPerImage; i++) {
    const angle = direction + spread * (random.next() - 0.5);
    const pace = (2 * Math.PI) / (wavelength.pixels * (1 + wavelength.jitter * (2 * random.next() - 1)));
    addWave(field, side, {
      x: pace * Math.cos(angle),
      y: pace * Math.sin(angle),
      phase: 2 * Math.PI * random.next(),
      height: 0.5 + random.next(),
    });
  }
  equalise(field);
  const [from, to] = drawColours(random);
  let at = random.int(noise.length);
  const stride = 1 + random.int(noise.length - 1);
  for (let p = 0, o = 0; p < field.length; p++) {
    const share = field[p] as number;
    for (let c = 0; c < 3; c++, o++) {
      at += stride;
      if (at >= noise.length) at -= noise.length;
      const start = from[c] as number;
      out[o] = start + share * ((to[c] as number) - start) + (noise[at] as number);
    }
  }
}

/** Draws `count` images whose classes take turns. Image i depends on the stream's seed and i alone. */
function drawSet(
  count: number,
  options: TexturesOptions,
  random: Random,
  tick: (done: number) => void,
): MemorySet {
  const { resolution: side, classes } = options;
  const images = new Uint8ClampedArray(count * side * side * 3);
  const labels = createLabels(count, classes);
  const field = new Float64Array(side * side);
  const table = random.fork('noise');
  const noise = Float32Array.from({ length: noiseTableLength }, () => noiseLevel * table.normal());
  const wavelengths = wavelengthsOf(classes);
  for (let i = 0; i < count; i++) {
    if (i % tickEvery === 0) tick(i);
    const label = i % classes;
    labels[i] = label;
    const out = images.subarray(i * side * side * 3, (i + 1) * side * side * 3);
    drawTexture(out, field, side, wavelengths[label] as Wavelength, noise, random.fork(i));
  }
  const names = classNames(classes);
  const bytes = new Uint8Array(images.buffer);
  return { count, height: side, width: side, channels: 3, classes: names, images: bytes, labels };
}

/**
 * Makes the data set: the same options give the same bytes, and a larger `size` only adds images.
 * About 5,000 images of 32x32 a second.
 * @throws the signal's reason when aborted.
 */
export function createTextures(
  options: TexturesOptions,
  { onProgress, signal }: LoadOptions = {},
): DataSet<MemorySet> {
  const random = createRandom(`textures ${options.seed}`);
  const tests = testsOf(options.size);
  const total = options.size + tests;
  const tick = (done: number) => {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'drawing textures', done, total, unit: 'images' });
  };
  const train = drawSet(options.size, options, random.fork('train'), tick);
  const test = drawSet(tests, options, random.fork('test'), (done) => tick(options.size + done));
  tick(total);
  return createDataSet('textures', train, test);
}

const schema = z.strictObject({
  name: z.literal('textures').describe('Textures that are computed, for trying things out.'),
  seed: z.number().int().nonnegative().default(1).describe('The same seed gives the same images.'),
  size: z
    .number()
    .int()
    .min(16)
    .max(200_000)
    .default(4_000)
    .describe('Number of training images; a quarter as many test images come on top.'),
  resolution: resolutionSchema.default(32).describe('Height and width of the images in pixels.'),
  classes: z.number().int().min(2).max(16).default(8).describe('Number of classes.'),
});

export const textures = {
  name: 'textures',
  schema,
  named: true,
  fetched: false,
  load: (spec, options) => withChannels(createTextures(spec, options), parseChannels(options.channels ?? 3)),
  content: ({ seed, size, classes }) => ({
    source: { seed, size },
    classes: classNames(classes).map((name, label) => ({
      name,
      train: takenBy(label, size, classes),
      test: takenBy(label, testsOf(size), classes),
    })),
  }),
  entry: () => ({
    description: 'wave patterns of any resolution whose classes differ by scale alone',
    source: 'generated from a seed; needs no network',
    cachedBytes: 0,
  }),
} satisfies DataSetKind<z.output<typeof schema>>;
