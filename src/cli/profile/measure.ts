/** `mixnas profile measure`: a profile of the machine that this runs on, of a phone, or of a board. */
import { MixnasError, formatDuration, formatMs, formatPercent, significant } from '../../base/index.js';
import { Command, Option } from 'commander';
import { type Block, line, span } from '../../dashboard/index.js';
import { addHostOptions, type HostCommandOptions, hostOptions } from './host-options.js';
import {
  addDeviceOptions,
  type DeviceCommandOptions,
  describeDevice,
  deviceSummary,
  type Given,
  measureDevice,
} from './measure-device.js';
import {
  createProgressLine,
  type Io,
  note,
  printBlock,
  printJson,
  interruptible,
  integer,
} from '../terminal/index.js';
type Report = import('../../app/index.js').MeasureReport;

interface Options extends HostCommandOptions, DeviceCommandOptions {
  readonly name?: string;
  readonly target?: 'onnxruntime' | 'tfjs-node';
  readonly kernels?: number;
  readonly output?: string;
  readonly json?: true;
}

export function profileMeasureCommand(io: Io): Command {
  const command = new Command('measure')
    .description(
      'measure this host on one core, a phone (--adb) or a board (--ssh), and make a profile of it; after an interruption the same command continues',
    )
    .option('--name <name>', 'of the profile', 'host')
    .addOption(
      new Option('--target <runtime>', 'what runs the networks')
        .choices(['onnxruntime', 'tfjs-node'])
        .default('onnxruntime'),
    );
  addHostOptions(command, {
    networks: { least: 3, count: 225, what: 'networks to measure' },
    rounds: 3,
  }).option(
    '--kernels <count>',
    'single device kernels to measure, of those that no measured network holds (onnxruntime only; of a phone the 60 of a kit, 0 for none)',
    integer(0),
    60,
  );
  return addDeviceOptions(command)
    .option('--output <file>', "the profile (default: NAME.json among the user's profiles)")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas profile measure && mixnas profile validate host --seed 7' +
        '\n  mixnas profile measure --adb --benchmark benchmark_model --name my-phone --like adreno-640 --unit gpu' +
        '\n  mixnas profile measure --ssh pi@raspberrypi --benchmark benchmark_model --name pi --cores 2,3',
    )
    .action(async (options: Options) => {
      if (options.adb !== undefined || options.ssh !== undefined) {
        const report = await measureDevice(io, deviceOptions(options), givenOf(command, options));
        if (options.json) printJson(io, deviceSummary(report));
        else printBlock(io, describeDevice(report));
        return;
      }
      refuseDeviceOptions(options);
      const { measureProfile } = await import('../../app/index.js');
      const report = await measuring(io, (hooks) =>
        measureProfile({
          ...hostOptions(options),
          ...hooks,
          name: options.name,
          target: options.target,
          output: options.output,
          kernels: options.kernels,
          date: new Date().toISOString().slice(0, 10),
          onFit: () => note(io, 'Fitting the profile, and again without each tenth of the networks.'),
        }),
      );
      if (options.json) printJson(io, summary(report));
      else printBlock(io, describe(report));
    });
}

const onlyOfDevices = [
  'benchmark',
  'unit',
  'int8',
  'threads',
  'cores',
  'like',
  'maxTemperature',
  'wait',
  'coolDown',
  'keep',
] as const;

/** @throws MixnasError `bad-usage` for options that say nothing of this host. */
function refuseDeviceOptions(options: Options): void {
  const name = onlyOfDevices.find((key) => options[key] !== undefined);
  if (name === undefined) return;
  const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new MixnasError('bad-usage', `--${option} is for a phone or a board.`, {
    remedy: 'Say which: --adb for a phone, --ssh HOST for a board.',
  });
}

/** @throws MixnasError `bad-usage` where there is no program to run. */
function deviceOptions(options: Options) {
  const { benchmark } = options;
  if (benchmark === undefined) {
    throw new MixnasError('bad-usage', 'Which program measures there?', {
      remedy:
        "Give TensorFlow Lite's benchmark_model for its processor with --benchmark FILE (docs/on-device.md).",
    });
  }
  return { ...options, benchmark };
}

/** Of the options that this host has too, those that the user gave: their defaults are for this host. */
function givenOf(command: Command, options: Options): Given {
  const given = <K extends keyof Options>(key: K) =>
    command.getOptionValueSource(key) === 'cli' ? options[key] : undefined;
  const [one, second] = [options.space, options.resolution].map((list) => list?.length ?? 0);
  if ((one ?? 0) > 1 || (second ?? 0) > 1 || command.getOptionValueSource('target') === 'cli') {
    throw new MixnasError(
      'bad-usage',
      'A phone or board is measured for one space, at one size, by benchmark_model.',
      {
        remedy: 'Give --space and --resolution once, and leave --target out.',
      },
    );
  }
  return {
    name: given('name'),
    networks: given('networks'),
    seed: given('seed'),
    space: options.space?.[0],
    resolution: options.resolution?.[0],
    seconds: given('seconds'),
    kernels: given('kernels'),
    output: options.output,
  };
}

interface Hooks {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number, network: string, us: number) => void;
}

const barWidth = 24;

/** `[######      ] 25 %, 56 of 225 timings, 3 min 12 s left: cifar-small-1a2b3c4d@32 0.31 ms`. */
function progressText(done: number, total: number, seconds: number, network: string, us: number): string {
  const filled = Math.round((done / total) * barWidth);
  const bar = `[${'#'.repeat(filled)}${' '.repeat(barWidth - filled)}]`;
  const left = formatDuration(seconds);
  return `${bar} ${formatPercent(done / total, 0)}, ${done} of ${total} timings, ${left} left: ${network} ${formatMs(us / 1000)}`;
}

/** Runs a measurement with a progress bar on stderr; Ctrl-C stops it so that the same command continues it. */
export async function measuring<T>(io: Io, run: (hooks: Hooks) => Promise<T>): Promise<T> {
  const bar = createProgressLine(io);
  const start = performance.now();
  let before: number | undefined;
  return interruptible(io, async (signal) => {
    signal.addEventListener('abort', () => note(io, 'The same command continues from here.'), { once: true });
    const report = await run({
      signal,
      onProgress(done, total, network, us) {
        before ??= done - 1;
        const each = (performance.now() - start) / 1000 / (done - before);
        bar.update(progressText(done, total, each * (total - done), network, us));
        if (done === total) bar.done();
      },
    });
    return report;
  });
}

const summary = ({ profile, path, networks }: Report) => ({
  profile: profile.name,
  path,
  networks,
  kernels: profile.table.entries.length,
  error: profile.error,
});

function describe(report: Report): Block {
  const { profile, path, networks } = report;
  const { error } = profile;
  return [
    line(
      span(profile.name, 'accent', { bold: true }),
      `: ${networks} networks and ${profile.table.entries.length} device kernels measured on ${profile.chip}, ${profile.runtime.name} ${profile.runtime.version ?? ''}`,
    ),
    line(
      error === undefined
        ? 'error: too few networks to leave some out'
        : `error on networks left out: ${significant(error.mape)} %, ${significant(error.within10)} % of them within 10 %`,
    ),
    line(`written to ${path}`),
    line(span(`try it: mixnas profile validate ${profile.name}`, 'muted')),
  ];
}
