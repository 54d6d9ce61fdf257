/** TensorFlow Lite's `benchmark_model` on a device: how it is called, and what its failures mean. */
import { MixnasError, shellWord } from '../../base/index.js';
import type { Ran } from './port.js';

export const deviceUnits = ['cpu', 'gpu', 'nnapi'] as const;
export type DeviceUnit = (typeof deviceUnits)[number];

export interface BenchmarkOptions {
  readonly unit: DeviceUnit;
  readonly threads: number;
  /** The cores that it may run on, such as [4, 5, 6, 7]; all where none is given. */
  readonly cores: readonly number[];
  /** Seconds of timed runs, after as much warming up as a third of it. */
  readonly seconds: number;
}

/** The bit mask that `taskset` takes, on Android and Linux alike. */
const maskOf = (cores: readonly number[]) =>
  cores.reduce((mask, core) => mask | (1n << BigInt(core)), 0n).toString(16);

/** Flags of benchmark_model besides the graph. `ops` times each operator too, which slows the whole a little. */
export function benchmarkFlags({ unit, threads, seconds }: BenchmarkOptions, ops: boolean): string[] {
  const least = Math.max(0.5, seconds / 3);
  return [
    `--num_threads=${threads}`,
    '--warmup_runs=3',
    `--warmup_min_secs=${least}`,
    '--num_runs=20',
    `--min_secs=${seconds}`,
    `--enable_op_profiling=${ops}`,
    `--use_xnnpack=${unit === 'cpu'}`,
    ...(unit === 'gpu' ? ['--use_gpu=true'] : []),
    ...(unit === 'nnapi' ? ['--use_nnapi=true'] : []),
  ];
}

/** The command that measures a model, run in the folder that holds both. */
export function benchmarkCommand(
  folder: string,
  file: string,
  options: BenchmarkOptions,
  ops: boolean,
): string {
  const pinned = options.cores.length === 0 ? '' : `taskset ${maskOf(options.cores)} `;
  const flags = benchmarkFlags(options, ops).map(shellWord).join(' ');
  return `cd ${shellWord(folder)} && ${pinned}./benchmark_model --graph=${shellWord(file)} ${flags} 2>&1`;
}

const refusals: readonly (readonly [RegExp, (file: string) => string, string])[] = [
  [
    /not executable|exec format error|cannot execute|syntax error: .*unexpected|bad ELF|CANNOT LINK EXECUTABLE|wrong ELF class/i,
    () => 'benchmark_model does not run on this device.',
    'Give --benchmark the program for its processor and system, such as android_aarch64_benchmark_model.',
  ],
  [
    /unconsumed cmdline flags|unrecogni[sz]ed commandline flag/i,
    () => 'This benchmark_model does not know all flags.',
    'Use one of TensorFlow 2.10 or newer.',
  ],
  [
    /failed to apply .*gpu delegate|can't .*create opencl|gpu delegate.*(?:failed|not (?:available|supported))/i,
    () => 'The GPU delegate does not run on this device.',
    'Measure its CPU (--unit cpu), or use a benchmark_model that is built with the GPU delegate.',
  ],
  [
    /nnapi.*(?:failed|not (?:available|supported)|unsupported)|failed to apply nnapi/i,
    () => 'NNAPI does not run this model on this device.',
    'Measure its CPU or GPU (--unit).',
  ],
  [
    /taskset:.*(?:invalid|failed)|sched_setaffinity/i,
    () => 'The device has not all cores of --cores.',
    'Name cores that it has, such as --cores 4-7.',
  ],
  [
    /failed to (?:load|build|construct|open)|failed to initialize|could not open/i,
    (file) => `benchmark_model does not load ${file}.`,
    'Use a newer benchmark_model.',
  ],
  [
    /no space left on device/i,
    () => 'There is no space left on the device.',
    'Free some there, and give the same command again: what was measured is kept.',
  ],
];

/** A run that failed, in words. */
export function benchmarkFault(name: string, file: string, { code, stdout, stderr }: Ran): MixnasError {
  const text = `${stdout}\n${stderr}`;
  const keeps = 'give the same command again: what was measured is kept.';
  if (code === 137 || code === 143 || /^killed\s*$/im.test(text)) {
    return new MixnasError('failed', `${file}: benchmark_model was killed on the ${name}.`, {
      remedy: `Close other apps, as memory may be short, and ${keeps}`,
    });
  }
  for (const [pattern, sentence, remedy] of refusals) {
    if (pattern.test(text)) return new MixnasError('failed', `${name}: ${sentence(file)}`, { remedy });
  }
  if (code === 139 || code === 134 || /segmentation fault|\babort(?:ed)?\b/i.test(text)) {
    return new MixnasError('failed', `${file}: benchmark_model crashed on the ${name} (code ${code}).`, {
      remedy: 'Use another benchmark_model, or another --unit.',
    });
  }
  const said = text.trim().split('\n').at(-1)?.trim() ?? '';
  return new MixnasError(
    'failed',
    `${file}: benchmark_model failed on the ${name} with code ${code}: ${said}.`,
    {
      remedy: `Run it by hand there, and ${keeps}`,
    },
  );
}
