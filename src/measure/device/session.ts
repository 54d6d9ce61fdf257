/**
 * Measures model files on a device, one after the other. Each result is a file of its own as soon as it is there, and
 * what has one is not measured again: after a pulled cable or Ctrl-C the same call continues.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  InternalError,
  MixnasError,
  asDiskError,
  makeFolders,
  readTextFile,
  shellWord,
  sizeLimits,
  writeFileAtomic,
} from '../../base/index.js';
import { type BenchmarkOptions, benchmarkCommand, benchmarkFault } from './benchmark.js';
import { type WaitOptions, readHeat, waitUntilBack, waitUntilCool } from './cooling.js';
import { delegated } from './delegated.js';
import { type Heat, tooHot } from './heat.js';
import { DeviceLost, type DevicePort } from './port.js';

interface MeasureDeviceOptions extends BenchmarkOptions, WaitOptions {
  /** The user's own benchmark_model, for the device. */
  readonly benchmark: string;
  /** Where results are kept. */
  readonly results: string;
  /** °C above which is waited; default: 8 more than at the start, but at least 40. */
  readonly maxCelsius?: number | undefined;
  /** Called after each file of results. */
  readonly onProgress?: ((done: number, total: number, name: string) => void) | undefined;
}

interface DeviceRuns {
  /** Models that could not be measured, each with why. */
  readonly failed: readonly { readonly name: string; readonly fault: MixnasError }[];
}

/** What a model is measured for: the whole without profiling, and each operator. */
const passesOf = ({ unit }: BenchmarkOptions) =>
  unit === 'cpu' ? (['time', 'ops'] as const) : (['time'] as const);
type Pass = 'time' | 'ops';

/** The file that keeps a result. */
export const resultFile = (folder: string, model: string, pass: Pass) => join(folder, `${model}.${pass}.txt`);

/** A run during which the device was slowed says nothing. */
const mostRepeats = 3;
/** When so many fail before one is measured, it is not the models' fault. */
const mostFailures = 3;

/** @param models files; a model is called as its file is, without the ending. */
export async function measureDevice(
  port: DevicePort,
  models: readonly string[],
  options: MeasureDeviceOptions,
): Promise<DeviceRuns> {
  const session = new Session(port, options);
  return session.measure(models);
}

class Session {
  readonly #port: DevicePort;
  readonly #options: MeasureDeviceOptions;
  /** How the device was when it was at rest: at the start, with the most that each core was allowed since. */
  #cool: Heat | undefined;
  /** Whether our program is there. */
  #ready = false;

  constructor(port: DevicePort, options: MeasureDeviceOptions) {
    this.#port = port;
    this.#options = options;
  }

  async measure(models: readonly string[]): Promise<DeviceRuns> {
    const { results, onProgress } = this.#options;
    const passes = passesOf(this.#options);
    const failed: { name: string; fault: MixnasError }[] = [];
    const total = models.length * passes.length;
    let done = 0;
    let measured = 0;
    for (const path of models) {
      const name = basename(path, '.tflite');
      for (const pass of passes) {
        done++;
        if (this.#isKept(resultFile(results, name, pass))) {
          measured++;
          continue;
        }
        try {
          await this.#persist(() => this.#run(path, name, pass));
        } catch (error) {
          if (!(error instanceof ModelFault)) throw error;
          failed.push({ name, fault: error.fault });
          if (measured === 0 && failed.length >= Math.min(mostFailures, models.length)) throw error.fault;
          this.#options.onNote(error.fault.message);
          break;
        }
        measured++;
        onProgress?.(done, total, name);
      }
    }
    if (this.#ready) await this.#tidy();
    return { failed };
  }

  /** Tries again after the device was gone and came back. */
  async #persist(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DeviceLost)) throw error;
        await waitUntilBack(this.#port, error, this.#options);
        // It may have been started again, without our files.
        this.#ready = false;
      }
    }
  }

  async #prepare(): Promise<Heat> {
    const { benchmark, signal } = this.#options;
    if (this.#ready && this.#cool !== undefined) return this.#cool;
    const folder = shellWord(this.#port.folder);
    await this.#command(`mkdir -p ${folder} && rm -f ${folder}/*`);
    await this.#port.push(benchmark, `${this.#port.folder}/benchmark_model`, { signal });
    await this.#command(`chmod 755 ${folder}/benchmark_model`);
    this.#cool ??= await readHeat(this.#port, signal);
    this.#ready = true;
    return this.#cool;
  }

  async #command(script: string): Promise<void> {
    const { signal } = this.#options;
    const ran = await this.#port.shell(script, { signal, timeoutMs: 60_000 });
    if (ran.code === 0) return;
    throw new MixnasError(
      'failed',
      `The ${this.#port.name} refuses its folder ${this.#port.folder}: ${ran.stderr.trim() || ran.stdout.trim()}.`,
      {
        remedy: 'Make it writable for the user that logs in, or free some space.',
      },
    );
  }

  async #run(path: string, name: string, pass: Pass): Promise<void> {
    const { signal, maxCelsius, onNote, results } = this.#options;
    const cool = await this.#prepare();
    const limit = maxCelsius ?? Math.max(40, (cool.celsius ?? 0) + 8);
    const file = `${name}.tflite`;
    const { folder } = this.#port;
    await this.#port.push(path, `${folder}/${file}`, { signal });
    const script = benchmarkCommand(folder, file, this.#options, pass === 'ops');
    for (let repeat = 0; repeat <= mostRepeats; repeat++) {
      const before = await waitUntilCool(this.#port, cool, limit, this.#options);
      const ran = await this.#port.shell(script, { signal });
      const said = `${ran.stdout}${ran.stderr}`;
      if (ran.code !== 0 || !/Inference \(avg\)|no stats:/.test(said)) {
        throw new ModelFault(benchmarkFault(this.#port.name, name, ran));
      }
      const note = faultOfModel(() => delegated(name, said, this.#options.unit));
      const after = await readHeat(this.#port, signal);
      this.#cool = { ...cool, limits: cool.limits.map((kHz, i) => Math.max(kHz, before.limits[i] ?? 0)) };
      const why = tooHot(after, cool, Number.POSITIVE_INFINITY);
      if (why === undefined) {
        if (note !== undefined) onNote(note);
        this.#keep(resultFile(results, name, pass), `${this.#headline(before, after)}\n${said}`);
        await this.#command(`rm -f ${shellWord(`${folder}/${file}`)}`);
        return;
      }
      onNote(`${name} is measured again: ${why} after it ran.`);
    }
    throw new ModelFault(
      new MixnasError(
        'failed',
        `${name}: the ${this.#port.name} was slowed by its heat in each of ${mostRepeats + 1} runs.`,
        {
          remedy: 'Let it cool longer, or measure for less time (--seconds).',
        },
      ),
    );
  }

  /** What a result is of: `mixnas: cpu, 1 threads, all cores`. */
  #settings(): string {
    const { unit, threads, cores } = this.#options;
    return `mixnas: ${unit}, ${threads} threads, ${cores.length === 0 ? 'all cores' : `cores ${cores.join(',')}`}`;
  }

  /** Whether there is a result already. @throws MixnasError `bad-usage` for one that was taken otherwise. */
  #isKept(path: string): boolean {
    if (!existsSync(path)) return false;
    const [first = ''] = readTextFile(path, 'bad-data', { limit: sizeLimits.table }).split('\n', 1);
    if (first.startsWith(`${this.#settings()},`)) return true;
    throw new MixnasError(
      'bad-usage',
      `${path} was measured otherwise: it begins with "${first.slice(0, 100)}".`,
      {
        remedy: 'Keep results of other units, threads or cores in another folder (--keep).',
      },
    );
  }

  #headline(before: Heat, after: Heat): string {
    const celsius = (heat: Heat) => (heat.celsius === undefined ? 'unknown' : `${heat.celsius.toFixed(1)} C`);
    return `${this.#settings()}, temperature ${celsius(before)} before, ${celsius(after)} after`;
  }

  #keep(path: string, text: string): void {
    try {
      makeFolders(this.#options.results);
      writeFileAtomic(path, text);
    } catch (error) {
      throw asDiskError(error, path) ?? error;
    }
  }

  /** Nothing of ours stays on the device; that it is gone by now is no fault. */
  async #tidy(): Promise<void> {
    try {
      await this.#port.shell(`rm -rf ${shellWord(this.#port.folder)}`, { timeoutMs: 60_000 });
    } catch (error) {
      if (error instanceof InternalError) throw error;
    }
  }
}

function faultOfModel<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof MixnasError ? new ModelFault(error) : error;
  }
}

/** What is wrong with one model, not with the device. */
class ModelFault extends Error {
  constructor(readonly fault: MixnasError) {
    super(fault.message);
  }
}
