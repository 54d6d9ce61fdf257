/** Which of the formats a file of kernels, or of networks, is in, and its rows whatever that is. */
import { MixnasError, median, significant } from '../../base/index.js';
import { csvHeader } from './csv.js';
import {
  devicePrefix,
  hasMeans,
  type ImportedLaunch,
  importGpuEndToEnd,
  importGpuOps,
  opsColumns,
} from './gpu-csv.js';
import { impliedAfter } from './implied.js';
import { fileLines } from './lines.js';
import { importListing, isListingLine } from './listings.js';
import { kernelLists } from './kernel-lists.js';
import { importKernels, importNetworks, importOpLists } from './measured-csv.js';
import type { Kernel } from '../kernel.js';
import type { Profile } from '../profile/index.js';
import { Keeping } from './limits.js';
import { TimeSketch } from './time-sketch.js';
import type { BuiltLaunch } from './build.js';

/**
 * Launches in the order of a file of mobile-ml-benchmark's columns, and after each one the kernel that no
 * row measured, if one ran. Reads two launches back and one ahead, so a file may be of any length.
 */
function* withImplied(launches: Iterable<ImportedLaunch>): Generator<BuiltLaunch> {
  let seen: ImportedLaunch[] = [];
  const emit = function* (at: number): Generator<BuiltLaunch> {
    const { network: model, kernel, us } = seen[at] as ImportedLaunch;
    yield { model, kernel, us: us[0] };
    const implied = impliedAfter(seen, at);
    if (implied) yield { model, kernel: implied };
  };
  for (const launch of launches) {
    if (seen.length > 0 && seen[0]?.network !== launch.network) {
      yield* emit(seen.length - 1);
      seen = [];
    }
    seen.push(launch);
    if (seen.length > 1) yield* emit(seen.length - 2);
    if (seen.length > 3) seen.shift();
  }
  if (seen.length > 0) yield* emit(seen.length - 1);
}

/** Whether a file of kernels has mobile-ml-benchmark's columns. */
const isBenchmark = (header: readonly string[]): boolean =>
  !header.includes('size') &&
  opsColumns.filter((column) => header.includes(column)).length > opsColumns.length / 2;

/**
 * Yields the launches of a file of kernels: mobile-ml-benchmark's columns, or the simple ones.
 * @param device whose columns to read, where there are several.
 * @param onWarning receives what may be wrong with the end of the file.
 * @throws MixnasError `bad-data` that names line and column.
 */
export function* kernelRows(
  path: string,
  device: string,
  onWarning?: (sentence: string) => void,
): Generator<BuiltLaunch> {
  const header = csvHeader(fileLines(path), path);
  if (!isBenchmark(header)) {
    yield* importKernels(fileLines(path), path, onWarning);
    return;
  }
  const prefix = devicePrefix(header, '_us', device, path);
  yield* withImplied(importGpuOps(fileLines(path), path, [prefix]));
}

/**
 * What networks are made of, without times: mobile-ml-benchmark's columns, or the simple ones.
 * @param device decides what runs by itself in the former.
 * @throws MixnasError `bad-data` that names line and column.
 */
export function networkLists(
  path: string,
  device: Pick<Profile, 'mapping' | 'unit'>,
  onWarning?: (sentence: string) => void,
): Map<string, Kernel[]> {
  const header = csvHeader(fileLines(path), path);
  return isBenchmark(header)
    ? kernelLists(fileLines(path), path, device)
    : importOpLists(fileLines(path), path, onWarning);
}

/**
 * Yields the rows of a file of whole networks: a listing of ncnn's or MNN's benchmark, a CSV `model,ms`, or one with
 * mobile-ml-benchmark's columns.
 * @throws MixnasError `bad-data` that names line and column.
 */
function* networkRows(
  path: string,
  device: string,
  onWarning?: (sentence: string) => void,
): Generator<{ readonly model: string; readonly ms: number }> {
  for (const line of fileLines(path)) {
    if (!isListingLine(line)) continue;
    yield* importListing(fileLines(path), path, device);
    return;
  }
  const header = csvHeader(fileLines(path), path);
  if (header.includes('ms') || !hasMeans(header)) {
    yield* importNetworks(fileLines(path), path, onWarning);
    return;
  }
  for (const { network, meanUs } of importGpuEndToEnd(fileLines(path), path, device)) {
    yield { model: network, ms: meanUs / 1000 };
  }
}

/** Rows of one network that differ by more are hardly of one device. */
const oneDevice = 3;
/** Networks that one measures together: the slowest takes less than this many times as long as the middle one. */
const oneUnit = 100;

/** Sentences about times that are possible, but hardly meant. */
function oddTimes(path: string, times: ReadonlyMap<string, TimeSketch>): string[] {
  const middle = median([...times.values()].map((sketch) => sketch.medianUs()));
  return [...times].flatMap(([model, sketch]) => {
    const ms = sketch.medianUs();
    const far = Math.max(ms / middle, middle / ms);
    if (times.size >= 3 && far > oneUnit) {
      const than = `${Math.round(far)} times ${ms > middle ? 'as long' : 'as short'} as the middle one of the file`;
      return [`${path}: ${model} takes ${significant(ms)} ms, ${than}: is that right?`];
    }
    if (sketch.mostUs <= oneDevice * sketch.leastUs) return [];
    const range = `${significant(sketch.leastUs)} to ${significant(sketch.mostUs)}`;
    return [`${path}: ${model} takes ${range} ms: are all its rows of one device?`];
  });
}

/**
 * The whole networks of a file in the order of their names, each with the median of its rows: the order of
 * rows changes nothing, and memory grows with the networks only.
 * @param device whose columns or runs to read, where there are several.
 * @param onWarning receives what is odd about the times.
 * @throws MixnasError `bad-data` that names line and column.
 */
export function importWholes(
  path: string,
  device: string,
  onWarning?: (sentence: string) => void,
): { readonly model: string; readonly ms: number }[] {
  const times = new Map<string, TimeSketch>();
  const keeping = new Keeping(path);
  for (const { model, ms } of networkRows(path, device, onWarning)) {
    let sketch = times.get(model);
    if (sketch === undefined) {
      keeping.network();
      sketch = new TimeSketch();
      times.set(model, sketch);
    }
    sketch.add(ms);
  }
  if (times.size === 0) throw new MixnasError('bad-data', `${path}: no row has a time.`);
  for (const sentence of oddTimes(path, times)) onWarning?.(sentence);
  return [...times]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([model, sketch]) => ({ model, ms: sketch.medianUs() }));
}
