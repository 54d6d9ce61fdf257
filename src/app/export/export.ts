/** Exporting networks: lowered, encoded, checked in the runtime that will run them, and only then written. */
import { join } from 'node:path';
import { MixnasError, asDiskError, makeFolders, writeFileAtomic } from '../../base/index.js';
import {
  type Comparison,
  type ExportTarget,
  type LowerOptions,
  type LoweredGraph,
  accuracyOf,
  compareLogits,
  lowerNetwork,
  targetOptions,
} from '../../export/index.js';
import { type DataProgress, type DataSet, loadDataSet } from '../../training/index.js';
import { type CheckedFormat, type ExportFormat, formats } from './formats.js';
import { type CheckImages, checkImages, networkLogits } from './images.js';
import { notesOf } from './notes.js';
import { type ExportSource, exportSources } from './sources.js';

export interface ExportOptions {
  readonly format?: ExportFormat | undefined;
  /** Weights in 16 bits. */
  readonly float16?: boolean | undefined;
  /** Where the file is to run; it decides what is not given. Default: `any`. */
  readonly target?: ExportTarget | undefined;
  readonly swish?: LowerOptions['swish'] | undefined;
  readonly groupedConvolution?: LowerOptions['groupedConvolution'] | undefined;
  /** An operating point of gated blocks. */
  readonly groups?: number | undefined;
  /** Input height and width; as trained by default. */
  readonly resolution?: number | undefined;
  /** The folder to write; `exported` by default. */
  readonly out?: string | undefined;
  /** Test images to check with. Default: 1000. */
  readonly images?: number | undefined;
  /** Whether files are checked before they are written. Default: true. */
  readonly check?: boolean | undefined;
  readonly onData?: ((progress: DataProgress) => void) | undefined;
  readonly onStep?: ((step: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FileCheck extends Comparison {
  /** The runtime that ran the file. */
  readonly runtime: string;
  /** What it was run on. */
  readonly on: string;
  /** Of the file, and of the network as it was trained; where the images have labels. */
  readonly accuracy?: number;
  readonly trainedAccuracy?: number;
}

export interface ExportedFile {
  readonly network: string;
  readonly format: ExportFormat;
  readonly precision: 'float32' | 'float16';
  /** The main file. */
  readonly path: string;
  /** Of all files that were written for it. */
  readonly bytes: number;
  readonly resolution: number;
  readonly classes: number;
  /** Whether the weights were trained. */
  readonly trained: boolean;
  /** Undefined where checking was switched off. */
  readonly check?: FileCheck;
  /** What the user should know about how it was made. */
  readonly notes: readonly string[];
}

export interface ExportReport {
  readonly files: readonly ExportedFile[];
  /** Networks whose file failed its check and was not written. */
  readonly failed: readonly { readonly network: string; readonly message: string }[];
}

/** The largest difference of a logit that passes, of the logits' range. */
const largestAllowed = { float32: 1e-4, float16: 1e-2 } as const;

/**
 * Exports what a user names; of a run, every network of its front whose weights were kept.
 * @param spec see `exportSources`.
 * @throws MixnasError `no-backend` when no runtime is installed to check with; `failed` when a single network's file
 *   fails its check.
 */
export async function exportNetworks(spec: string, options: ExportOptions = {}): Promise<ExportReport> {
  const sources = exportSources(spec).map((source) => resized(source, options.resolution));
  const format = formats[options.format ?? 'tflite'];
  const runtime = options.check === false ? undefined : await format.open();
  const files: ExportedFile[] = [];
  const failed: { network: string; message: string }[] = [];
  const data = createDataLoader(options);
  for (const source of sources) {
    options.signal?.throwIfAborted();
    options.onStep?.(`exporting ${source.spec}`);
    try {
      files.push(await exportOne(source, format, runtime, await data(source), options));
    } catch (error) {
      if (sources.length === 1 || !(error instanceof MixnasError)) throw error;
      failed.push({ network: source.spec, message: error.message });
    }
  }
  return { files, failed };
}

/** Weights fit every resolution, as names and shapes do not depend on it. */
const resized = (source: ExportSource, resolution: number | undefined): ExportSource =>
  resolution === undefined ? source : { ...source, architecture: { ...source.architecture, resolution } };

/** Loads the data set of each network, once where they share it. */
function createDataLoader({ onData, signal, check }: ExportOptions) {
  const known = new Map<string, DataSet>();
  return async ({ data }: ExportSource): Promise<DataSet | undefined> => {
    if (!data || check === false) return undefined;
    const key = JSON.stringify(data);
    const dataset = known.get(key) ?? (await loadDataSet(data, { onProgress: onData, signal }));
    known.set(key, dataset);
    return dataset;
  };
}

async function exportOne(
  source: ExportSource,
  format: CheckedFormat,
  runtime: Awaited<ReturnType<CheckedFormat['open']>> | undefined,
  dataset: DataSet | undefined,
  options: ExportOptions,
): Promise<ExportedFile> {
  const { architecture, weights } = source;
  const chosen = lowerOptions(options);
  const graph = lowerNetwork(architecture, weights, source, chosen);
  const precision = options.float16 ? 'float16' : 'float32';
  const suffix = precision === 'float32' ? '' : `-${precision}`;
  const files = format.encode(graph, precision, `${source.fileName}${suffix}`);
  const main = files[0] as (typeof files)[number];
  let check: FileCheck | undefined;
  if (runtime) {
    options.onStep?.(`checking ${source.spec} in ${runtime.name}`);
    const images = checkImages(source, dataset, options.images ?? 1000);
    check = await checkFile(source, graph, main.bytes, runtime, images, chosen);
    refuse(check, source, largestAllowed[precision]);
  }
  const folder = options.out ?? 'exported';
  try {
    makeFolders(folder);
    for (const { name, bytes } of files) writeFileAtomic(join(folder, name), bytes);
  } catch (error) {
    throw asDiskError(error, folder);
  }
  return {
    network: source.spec,
    format: options.format ?? 'tflite',
    precision,
    path: join(folder, main.name),
    bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
    resolution: architecture.resolution,
    classes: architecture.classes,
    trained: source.data !== undefined,
    ...(check && { check }),
    notes: notesOf(source, options, chosen),
  };
}

/** The choices of the target, and over them those of the user. */
function lowerOptions({ target = 'any', swish, groupedConvolution, groups }: ExportOptions): LowerOptions {
  const own = targetOptions(target);
  return {
    ...own,
    swish: swish ?? own.swish,
    groupedConvolution: groupedConvolution ?? own.groupedConvolution,
    groups,
  };
}

async function checkFile(
  source: ExportSource,
  graph: LoweredGraph,
  bytes: Uint8Array,
  runtime: NonNullable<Awaited<ReturnType<CheckedFormat['open']>>>,
  { images, labels, what }: CheckImages,
  options: LowerOptions,
): Promise<FileCheck> {
  const expected = await networkLogits(source, images, options);
  const actual = await runtime.logits(graph, bytes, images);
  const comparison = compareLogits(actual, expected);
  const rates = labels && {
    accuracy: accuracyOf(actual, labels),
    trainedAccuracy: accuracyOf(await networkLogits(source, images, { swish: 'logistic' }), labels),
  };
  return { runtime: runtime.name, on: what, ...comparison, ...rates };
}

/** @throws MixnasError `failed` for a file that computes something else. */
function refuse(
  { largestDifference, agreement, runtime }: FileCheck,
  { spec }: ExportSource,
  limit: number,
): void {
  if (largestDifference <= limit && (agreement === 1 || limit > 1e-4)) return;
  throw new MixnasError(
    'failed',
    `${spec}: in ${runtime} its logits differ by ${largestDifference.toPrecision(2)} of their range (at most ${limit} passes), so the file was not written.`,
    { remedy: 'Export it in float32, or report the network as a fault of mixnas.' },
  );
}
