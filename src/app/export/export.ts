/** Exporting networks: lowered, encoded, checked in the runtime that will run them, and only then written. */
import { dirname, join } from 'node:path';
import { MixnasError, asDiskError, makeFolders, writeFileAtomic } from '../../base/index.js';
import { recordExport } from '../../runs/index.js';
import { type LowerOptions, lowerNetwork, targetOptions } from '../../export/index.js';
import type { DataSet } from '../../training/index.js';
import { openForWeights } from '../network/index.js';
import { makeFloat } from './float-file.js';
import { formats } from './formats.js';
import { makeHalves } from './halves.js';
import { makeInt8 } from './int8-file.js';
import type { Made, MakeContext } from './make.js';
import { notesOf } from './notes.js';
import type { ExportOptions } from './options.js';
import type { ExportReport, ExportedFile } from './report.js';
import { type ExportPhase, type FilePhase, createStopwatch } from './stopwatch.js';
import { type WebEntry, checkWeb, webModels, writeWeb } from './web.js';
import { type ExportSource, exportSources } from './sources.js';

/**
 * Exports what a user names; of a run, every network of its front whose weights were kept.
 * @param spec see `exportSources`.
 * @throws MixnasError `no-backend` when no runtime is installed to check with; `failed` when a single network's file
 *   fails its check.
 */
export async function exportNetworks(spec: string, options: ExportOptions = {}): Promise<ExportReport> {
  checkOptions(options);
  checkWeb(options);
  const whole = createStopwatch<ExportPhase>();
  const sources = whole.timeSync('read', () =>
    exportSources(spec).map((source) => resized(source, options.resolution)),
  );
  const format = formats[options.format ?? 'tflite'];
  const chosen = lowerOptions(options);
  const runtime = options.check === false ? undefined : await whole.time('runtime', () => format.open());
  const files: ExportedFile[] = [];
  const entries: WebEntry[] = [];
  const failed: { network: string; message: string }[] = [];
  const data = createDataLoader(spec, options);
  for (const source of sources) {
    options.signal?.throwIfAborted();
    options.onStep?.(`exporting ${source.spec}`);
    try {
      const dataset = await whole.time('data', () => data(source));
      const watch = createStopwatch<FilePhase>();
      const file = await exportOne(source, { format, runtime, dataset, options, chosen, watch });
      files.push(file);
      entries.push({ source, file });
    } catch (error) {
      if (sources.length === 1 || !(error instanceof MixnasError)) throw error;
      failed.push({ network: source.spec, message: error.message });
    }
  }
  if (options.web !== undefined && entries.length > 0) writeWeb(options.web, entries);
  return { files, seconds: whole.seconds(), failed };
}

/** @throws MixnasError `bad-usage` for options that do not go together. */
function checkOptions(options: ExportOptions): void {
  const {
    format,
    int8,
    float16,
    calibration,
    maxLoss,
    integerIo,
    split,
    qat = 'auto',
    qatSteps,
    qatSeed,
  } = options;
  const fail = (message: string, remedy: string) => {
    throw new MixnasError('bad-usage', message, { remedy });
  };
  if (int8 && float16)
    fail('A file has 16-bit weights or 8-bit integers, not both.', 'Leave --float16 or --int8 out.');
  if (split && int8) fail('Halves of a network are in floats.', 'Leave --int8 or --split out.');
  if (split && (format === 'pytorch' || format === 'graph'))
    fail(`The format ${format} has no halves.`, 'Use --format tflite or onnx.');
  if (int8 && !formats[format ?? 'tflite'].encodeInt8)
    fail(`The format ${format} has no 8-bit integers.`, 'Use --format tflite or onnx.');
  const tunes = qat === 'always' || (qat === 'auto' && maxLoss !== undefined);
  if ((qatSteps ?? qatSeed) !== undefined && int8 && !tunes)
    fail(
      'Nothing is fine-tuned, so --qat-steps and --qat-seed have no meaning.',
      'Add --qat always or --max-loss.',
    );
  const only =
    calibration ?? maxLoss ?? integerIo ?? qatSteps ?? qatSeed ?? (qat === 'auto' ? undefined : qat);
  if (!int8 && only !== undefined)
    fail('--calibration, --max-loss, --qat and --integer-io are for --int8.', 'Add --int8.');
}

/** Weights fit every resolution, as names and shapes do not depend on it. */
const resized = (source: ExportSource, resolution: number | undefined): ExportSource =>
  resolution === undefined ? source : { ...source, architecture: { ...source.architecture, resolution } };

/**
 * Loads the data of each network, once where they share it: what the weights were trained on, labelled as they are.
 * @throws MixnasError `bad-data` where it is no longer that.
 */
function createDataLoader(spec: string, { data, onData, onNotice, signal, check, int8 }: ExportOptions) {
  const known = new Map<string, DataSet>();
  return async (source: ExportSource): Promise<DataSet | undefined> => {
    const { trained } = source;
    if (!trained || (check === false && !int8)) return undefined;
    const key = JSON.stringify([trained.data, trained.architecture.inputChannels]);
    const loaded = known.get(key);
    if (loaded) return loaded;
    const user = { what: `The weights of ${source.spec}`, command: ['export', spec] };
    const opened = await openForWeights(trained, data, user, { onProgress: onData, signal });
    if (opened.notice !== undefined) onNotice?.(opened.notice);
    known.set(key, opened.dataset);
    return opened.dataset;
  };
}

async function exportOne(source: ExportSource, context: MakeContext): Promise<ExportedFile> {
  const { architecture, weights } = source;
  const { options, chosen, watch } = context;
  const graph = watch.timeSync('lower', () => lowerNetwork(architecture, weights, source, chosen));
  const made: Made = await (options.split
    ? makeHalves(source, graph, options.split, context)
    : options.int8
      ? makeInt8(source, graph, context)
      : makeFloat(source, graph, context));
  const { files, precision, check, int8 } = made;
  const folder = options.out ?? (options.web === undefined ? 'exported' : webModels(options.web));
  watch.timeSync('write', () => writeFiles(folder, files));
  const file: ExportedFile = {
    network: source.spec,
    format: options.format ?? 'tflite',
    precision,
    path: join(folder, files[0]?.name ?? ''),
    bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
    resolution: architecture.resolution,
    classes: architecture.classes,
    trained: source.trained !== undefined,
    ...(check && { check }),
    ...(int8 && { int8 }),
    seconds: watch.seconds(),
    notes: [...notesOf(source, options, chosen), ...(made.notes ?? [])],
  };
  if (source.trial) record(source.trial, file);
  return file;
}

function writeFiles(folder: string, files: Made['files']): void {
  try {
    makeFolders(folder);
    for (const { name, bytes } of files) {
      const path = join(folder, name);
      makeFolders(dirname(path));
      writeFileAtomic(path, bytes);
    }
  } catch (error) {
    throw asDiskError(error, folder) ?? error;
  }
}

/** Tells the run of a file, so that its report and dashboard show it. */
function record({ folder, id }: NonNullable<ExportSource['trial']>, file: ExportedFile): void {
  const { path, format, precision, bytes, resolution, check } = file;
  recordExport(folder, {
    trial: id,
    path,
    format,
    precision,
    bytes,
    resolution,
    ...(check && { runtime: check.runtime }),
    ...(check?.accuracy !== undefined && {
      accuracy: check.accuracy,
      trainedAccuracy: check.trainedAccuracy,
      images: check.images,
    }),
  });
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
