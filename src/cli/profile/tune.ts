/** `mixnas profile tune`: a profile from a user's own measurements. */
import { formatPercent, significant, commandLine } from '../../base/index.js';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Block, line, span, table } from '../../dashboard/index.js';
import { type Io, note, printBlock, printJson, integer, positive, repeated } from '../terminal/index.js';
type App = typeof import('../../app/index.js');
type Report = Awaited<ReturnType<App['tune']>>;
type Suggested = ReturnType<App['suggestNetworks']>;

interface Options {
  readonly kernels?: string;
  readonly opProfile?: readonly string[];
  readonly profiled?: readonly string[];
  readonly networks?: string;
  readonly architecture?: Readonly<Record<string, string>>;
  readonly opLists?: string;
  readonly kit?: string;
  readonly vela?: readonly string[];
  readonly clock?: number;
  readonly resolution?: number;
  readonly prefix?: string;
  readonly like?: string;
  readonly device?: string;
  readonly chip?: string;
  readonly unit?: 'CPU' | 'GPU' | 'NPU';
  readonly runtime?: string;
  readonly precision?: 'fp32' | 'fp16' | 'int8';
  readonly source?: string;
  readonly licence?: string;
  readonly output?: string;
  readonly suggest?: number;
  readonly space?: string;
  readonly suggestTo?: string;
  readonly json?: true;
}

function named(text: string, before: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) {
    throw new InvalidArgumentError('Expected NAME=ARCHITECTURE, such as mobilenet_v2=mobilenet.json.');
  }
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

export function profileTuneCommand(io: Io): Command {
  return new Command('tune')
    .description("make a profile from a device's measurements: device kernels, whole networks, or both")
    .argument('<name>', 'of the new profile')
    .option(
      '--kernels <file>',
      'CSV of timed device kernels: op,size,input,output,kernel,stride,us, or as gpu_ops.csv',
    )
    .option(
      '--op-profile <file>',
      'output of TFLite benchmark_model --enable_op_profiling, text or CSV; repeatable',
      repeated,
    )
    .option('--profiled <architecture>', 'the architecture that --op-profile is of; one for each', repeated)
    .option('--networks <file>', "whole networks: CSV model,ms, as gpu_e2e.csv, or ncnn's or MNN's listing")
    .option('--architecture <name=file>', 'the architecture of a network in that file; repeatable', named)
    .option(
      '--op-lists <file>',
      'CSV of what networks are made of: model,op,size,input,output,kernel,stride, or as gpu_ops.csv',
    )
    .option(
      '--vela <file>',
      "Arm Vela's summary or per-layer CSV of files that mixnas exported; repeatable",
      repeated,
    )
    .option('--clock <mhz>', 'of --vela: the clock of the NPU, where no summary says it', positive)
    .option('--kit <folder>', 'a folder of `profile kit` with the results of measuring')
    .option('--resolution <pixels>', "input size of the networks (default: the architectures')", integer(1))
    .option(
      '--prefix <text>',
      "of the device's columns, or words of its settings in a listing, where a file has several",
    )
    .option(
      '--like <profile>',
      'a sibling device, whose profile is recalibrated or whose rules are taken over; auto: a mixture of all',
    )
    .option('--device <text>', 'name of the device')
    .option('--chip <text>', 'name of the chip')
    .addOption(new Option('--unit <unit>', 'what was measured').choices(['CPU', 'GPU', 'NPU']))
    .option('--runtime <text>', 'what ran the networks')
    .addOption(new Option('--precision <type>', 'of the numbers').choices(['fp32', 'fp16', 'int8']))
    .option('--source <text>', 'where the measurements come from')
    .option('--licence <text>', 'of the measurements')
    .option('--output <file>', "the profile (default: NAME.json among the user's profiles)")
    .option('--suggest <count>', 'choose the networks whose measurement would help most', integer(1))
    .option('--space <name>', 'the search space to choose them from', 'mixnet-imagenet')
    .option('--suggest-to <folder>', 'where to write them, as architectures and ONNX files', 'to-measure')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas profile tune my-phone --kernels kernels.csv --networks networks.csv --unit GPU' +
        '\n  mixnas profile tune my-phone --like adreno-640 --networks networks.csv --suggest 5' +
        '\n  mixnas profile tune my-phone-gpu-fp16 --like auto --unit GPU --networks networks.csv' +
        '\n  mixnas profile tune my-phone --kit kit --unit CPU' +
        '\n  mixnas profile tune my-npu --vela net_per-layer.csv --vela net_summary.csv --architecture net=net.json',
    )
    .action(async (name: string, options: Options) => {
      const { suggestNetworks, tune } = await import('../../app/index.js');
      note(io, 'Reading the measurements and fitting.');
      const { architecture: architectures, clock: clockMhz, ...rest } = options;
      const report = await tune({
        ...rest,
        name,
        architectures,
        clockMhz,
        date: new Date().toISOString().slice(0, 10),
      });
      for (const warning of report.warnings) note(io, `warning: ${warning}`);
      const { suggest: count, space = '', suggestTo: folder = '', resolution } = options;
      const suggested =
        count === undefined
          ? []
          : suggestNetworks(report.profile, report.data, { count, space, folder, resolution });
      if (options.json) printJson(io, summary(report, suggested));
      else printBlock(io, describe(report, suggested, folder));
    });
}

const summary = ({ profile, path, warnings, transfer }: Report, suggestions: Suggested) => ({
  profile: profile.name,
  path,
  kernels: profile.table.entries.length,
  error: profile.error,
  warnings,
  ...(transfer && { transfer }),
  suggestions,
});

function describe({ profile, path, transfer }: Report, suggestions: Suggested, folder: string): Block {
  const { error } = profile;
  const count = profile.table.entries.length;
  const kernels =
    profile.table.kind === 'scaled'
      ? transfer
        ? 'a mixture of other devices, fitted to whole networks'
        : `${count} device kernels of a sibling, recalibrated`
      : `${count} kernels`;
  return [
    line(
      span(profile.name, 'accent', { bold: true }),
      `: ${count === 0 && !transfer ? 'fitted to whole networks' : kernels}`,
    ),
    line(
      error === undefined
        ? 'error: none can be stated, as too few networks were measured end to end'
        : `error on networks left out: ${significant(error.mape)} %, ${significant(error.within10)} % of them within 10 %`,
    ),
    ...(transfer ? describeTransfer(transfer) : []),
    line(`written to ${path}`),
    ...(suggestions.length > 0
      ? [
          [],
          line(`to be measured next, written to ${folder}; put their times into ${folder}/networks.csv:`),
          ...table(
            [
              { title: 'network' },
              { title: 'new device kernels', align: 'right' },
              { title: 'of all uncertainty', align: 'right' },
            ],
            suggestions.map((s) => [s.file, String(s.newKernels), formatPercent(s.gain)]),
          ),
        ]
      : []),
    line(span(`use it: ${commandLine('predict', 'mixnet-s', '--profile', profile.name)}`, 'muted')),
  ];
}

const ways = { mixture: 'made of', scaled: 'nearest device, scaled:', mean: 'mean of devices, scaled:' };

/** What a transferred profile is made of, and what measuring more would give. */
function describeTransfer({ sources, method, leftOut, expected }: NonNullable<Report['transfer']>): Block {
  const parts = sources.map(({ profile, share }) => `${profile} ${formatPercent(share, 0)}`).join(', ');
  const why =
    leftOut === undefined
      ? ' (with three networks or more it is checked whether a mixture or one device is nearer)'
      : `: left-out networks are off by ${significant(leftOut.mixture)} % with a mixture, ${significant(leftOut.scaled)} % with the nearest device scaled`;
  const curve = expected.map(({ networks, mape }) => `${networks} more: ${significant(mape, 2)} %`);
  return [
    line(`${ways[method]} ${parts}${why}`),
    line(
      curve.length === 0
        ? 'with six networks or more this says how far the error would fall with further ones'
        : `error to expect with ${curve.join(', ')}`,
    ),
  ];
}
