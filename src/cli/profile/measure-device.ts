/** `mixnas profile measure --adb` and `--ssh`: a profile of a phone or a board. */
import { formatInteger, significant } from '../../base/index.js';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Block, line, span } from '../../dashboard/index.js';
import { createProgressLine, type Io, integer, interruptible, note, positive } from '../terminal/index.js';

type App = typeof import('../../app/index.js');
type Report = Awaited<ReturnType<App['measureDeviceProfile']>>;

export interface DeviceCommandOptions {
  readonly adb?: string | true;
  readonly ssh?: string;
  readonly benchmark?: string;
  readonly unit?: 'cpu' | 'gpu' | 'nnapi';
  readonly int8?: true;
  readonly threads?: number;
  readonly cores?: readonly number[];
  readonly like?: string;
  readonly device?: string;
  readonly chip?: string;
  readonly maxTemperature?: number;
  readonly wait?: number;
  readonly coolDown?: number;
  readonly keep?: string;
}

/** `4-7`, `0,1` or `0,4-7`. */
function coreList(text: string): number[] {
  const cores = text.split(',').flatMap((part) => {
    const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part.trim());
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match === null || last < first || last > 255) {
      throw new InvalidArgumentError('Expected cores such as 4-7 or 0,1.');
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return [...new Set(cores)].sort((a, b) => a - b);
}

/** Adds to `profile measure` what a phone or a board needs. */
export function addDeviceOptions(command: Command): Command {
  const of = (text: string) => `of a phone or board: ${text}`;
  return command
    .addOption(
      new Option('--adb [serial]', 'measure an Android phone by adb; its serial where several are connected'),
    )
    .addOption(new Option('--ssh <host>', 'measure a board by ssh, such as pi@raspberrypi').conflicts('adb'))
    .option('--benchmark <file>', of("TensorFlow Lite's benchmark_model for its processor"))
    .addOption(
      new Option('--unit <unit>', of('what runs the networks (default: cpu)')).choices([
        'cpu',
        'gpu',
        'nnapi',
      ]),
    )
    .option('--int8', of('models in 8-bit integers, which NPUs and NNAPI need'))
    .option('--threads <count>', of('threads (default: 1)'), integer(1))
    .option('--cores <list>', of('cores to run on, such as 4-7 (default: all)'), coreList)
    .option('--like <profile>', of('a sibling, whose uncertainty the networks are chosen to cut'))
    .option('--device <text>', of('its name (default: its serial or host)'))
    .option('--chip <text>', of('the name of its chip'))
    .option(
      '--max-temperature <celsius>',
      of('above it is waited (default: 8 above the start, at least 40)'),
      positive,
    )
    .option('--wait <seconds>', of('how long to wait when the connection breaks (default: 300)'), integer(0))
    .option('--cool-down <seconds>', of('how long to wait for it to cool (default: 600)'), integer(0))
    .option(
      '--keep <folder>',
      of('keep models and results here (default: in the cache until the profile is made)'),
    );
}

/** What of `profile measure`'s other options counts here: those that the user gave. */
export interface Given {
  readonly name?: string | undefined;
  readonly networks?: number | undefined;
  readonly seed?: string | undefined;
  readonly space?: string | undefined;
  readonly resolution?: number | undefined;
  readonly seconds?: number | undefined;
  readonly kernels?: number | undefined;
  readonly output?: string | undefined;
}

/** Measures and fits, with progress and all that has to be said on stderr. */
export async function measureDevice(
  io: Io,
  { maxTemperature, benchmark, ...options }: DeviceCommandOptions & { readonly benchmark: string },
  given: Given,
): Promise<Report> {
  const { measureDeviceProfile } = await import('../../app/index.js');
  const progress = createProgressLine(io);
  const report = await interruptible(io, (signal) => {
    signal.addEventListener('abort', () => note(io, 'The same command continues from here.'), { once: true });
    return measureDeviceProfile({
      ...options,
      ...given,
      benchmark,
      name: given.name ?? 'phone',
      kernels: given.kernels !== 0,
      maxCelsius: maxTemperature,
      date: new Date().toISOString().slice(0, 10),
      signal,
      onNote: (sentence) => note(io, sentence),
      onProgress: (done, total, name) =>
        progress.update(`${formatInteger(done)} of ${formatInteger(total)} runs: ${name}`),
    });
  });
  progress.done();
  for (const warning of report.warnings) note(io, `warning: ${warning}`);
  return report;
}

export const deviceSummary = ({ profile, path, measured, failed, warnings, kept }: Report) => ({
  profile: profile.name,
  path,
  models: measured,
  kernels: profile.table.entries.length,
  error: profile.error,
  failed,
  warnings,
  ...(kept !== undefined && { kept }),
});

export function describeDevice({ profile, path, measured, failed, kept }: Report): Block {
  const { error } = profile;
  return [
    line(
      span(profile.name, 'accent', { bold: true }),
      `: ${measured} models measured on ${profile.device}, ${profile.unit}, ${profile.runtime.name}; ${formatInteger(profile.table.entries.length)} device kernels`,
    ),
    line(
      error === undefined
        ? 'error: too few networks to leave some out'
        : `error on networks left out: ${significant(error.mape)} %, ${significant(error.within10)} % of them within 10 %`,
    ),
    ...(failed.length > 0
      ? [line(`${failed.length} models did not run: ${failed.map(({ name }) => name).join(', ')}`)]
      : []),
    line(`written to ${path}`),
    ...(kept === undefined ? [] : [line(`models and results are in ${kept}`)]),
  ];
}
