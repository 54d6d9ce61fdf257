/** A profile of a phone or a board: chosen networks are exported, copied there, run, and what they took is fitted. */
import { accessSync, constants, existsSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MixnasError, cacheFolder, shortHash } from '../../../base/index.js';
import { type DeviceUnit, measureDevice, openAdb, openSsh, resultFile } from '../../../measure/index.js';
import { type TuneOptions, type TuneReport, tune } from '../tune.js';
import { type ChooseOptions, chooseNetworks, rulesOfUnit } from './choose.js';
import { unitOf } from './kit-device.js';
import { kitModels } from './kit-models.js';
import { writeModels } from './models.js';

export interface MeasureDeviceOptions
  extends ChooseOptions,
    Pick<TuneOptions, 'name' | 'device' | 'chip' | 'output' | 'date' | 'like'> {
  /** A phone, by its serial where several are connected; or a board by ssh. */
  readonly adb?: string | true | undefined;
  readonly ssh?: string | undefined;
  /** The user's own benchmark_model, for the device. */
  readonly benchmark: string;
  readonly unit?: DeviceUnit | undefined;
  /** Models in 8-bit integers, which NPUs and NNAPI need. */
  readonly int8?: boolean | undefined;
  readonly threads?: number | undefined;
  readonly cores?: readonly number[] | undefined;
  /** Seconds of timed runs of each model. */
  readonly seconds?: number | undefined;
  /** Whether to measure the small models of the kit too. Default: true. */
  readonly kernels?: boolean | undefined;
  readonly maxCelsius?: number | undefined;
  /** Seconds to wait for a device that is gone. */
  readonly wait?: number | undefined;
  /** Seconds to wait for one that is too hot. */
  readonly coolDown?: number | undefined;
  /** Where models and results are kept. Default: in the cache until the profile is written. */
  readonly keep?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onNote?: ((sentence: string) => void) | undefined;
  readonly onProgress?: ((done: number, total: number, name: string) => void) | undefined;
}

export interface MeasureDeviceReport extends TuneReport {
  /** Models that were measured, and those that the device did not run. */
  readonly measured: number;
  readonly failed: readonly { readonly name: string; readonly message: string }[];
  /** Models and results, where they were to be kept. */
  readonly kept?: string | undefined;
}

/** @throws MixnasError `bad-usage` where it is no program. */
function checkProgram(path: string): void {
  const remedy = 'Build or download benchmark_model of TensorFlow Lite for the device (docs/on-device.md).';
  if (!existsSync(path))
    throw new MixnasError('bad-usage', `--benchmark ${path}: there is no such file.`, { remedy });
  if (!statSync(path).isFile())
    throw new MixnasError('bad-usage', `--benchmark ${path} is not a file.`, { remedy });
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new MixnasError('bad-usage', `--benchmark ${path} cannot be read.`, {
      remedy: 'Make it readable.',
    });
  }
}

/**
 * Measures a phone (`adb`) or a board (`ssh`) and fits a profile to it. Every result is a file of its own: after a pulled
 * cable, a full disk or Ctrl-C the same call continues, and nothing is measured twice.
 * @throws MixnasError for each fault of the connection, the device or the program, with what to do.
 */
export async function measureDeviceProfile(options: MeasureDeviceOptions): Promise<MeasureDeviceReport> {
  const { adb, ssh, benchmark, unit = 'cpu', threads = 1, cores = [], seconds = 2, like, signal } = options;
  checkProgram(benchmark);
  if (like === 'auto' && unit === 'cpu') {
    throw new MixnasError(
      'bad-usage',
      '--like auto is for the GPU and NNAPI, which show whole networks only.',
      {
        remedy: 'Leave it out, or name a sibling.',
      },
    );
  }
  const sibling = like === 'auto' ? undefined : like;
  // What is wrong with the connection shows before networks are chosen, which takes a while.
  const port =
    ssh === undefined ? await openAdb(adb === true ? undefined : adb, signal) : await openSsh(ssh, signal);
  const rules = rulesOfUnit(unitOf[unit], sibling);
  const chosen = chooseNetworks(rules, { ...options, like: sibling });
  const graphs = [...chosen, ...(options.kernels === false ? [] : kitModels())];
  const precision = options.int8 ? 'int8' : 'float32';
  const names = graphs.map(({ name }) => name);
  const integers = options.int8 ? ['int8'] : [];
  const settings = JSON.stringify([port.name, unit, threads, cores, seconds, names, ...integers]);
  const folder = options.keep ?? join(cacheFolder(), 'measure', `device-${shortHash(settings)}`);
  const results = join(folder, 'results');
  const note = options.onNote ?? (() => {});
  const models = writeModels(join(folder, 'models'), graphs, unit, precision);
  const { failed } = await measureDevice(port, models, {
    benchmark: resolve(benchmark),
    results,
    unit,
    threads,
    cores,
    seconds,
    maxCelsius: options.maxCelsius,
    backSeconds: options.wait ?? 300,
    coolSeconds: options.coolDown ?? 600,
    pollMs: 2000,
    signal,
    onNote: note,
    onProgress: options.onProgress,
  });
  const measured = graphs.filter(({ name }) => existsSync(resultFile(results, name, 'time'))).length;
  note('Fitting the profile, and again without what is left out.');
  const how = `${threads} ${threads === 1 ? 'thread' : 'threads'}${cores.length > 0 ? ` on cores ${cores.join(',')}` : ''}`;
  const report = await tune({
    name: options.name,
    device: options.device ?? port.name,
    chip: options.chip,
    unit: unitOf[unit],
    kit: folder,
    like,
    date: options.date,
    output: options.output,
    source: `mixnas profile measure, benchmark_model on ${unit}${options.int8 ? ' in int8' : ''}, ${how}: ${measured} models`,
  });
  if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
  return {
    ...report,
    measured,
    failed: failed.map(({ name, fault }) => ({ name, message: fault.message })),
    kept: options.keep,
  };
}
