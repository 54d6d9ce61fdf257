/** `mixnas predict`: latency with its band, peak memory and device kernels, per device. */
import { MixnasError, formatBytes, formatMs, formatPercent, significant } from '../../base/index.js';
import { Command } from 'commander';
import { type Block, line, span, table } from '../../dashboard/index.js';
import { describeFile, inputHelp } from '../model-file.js';
import { type Io, printBlock, printJson, integer, repeated } from '../terminal/index.js';
import { describeRankings, sweep } from './predict-devices.js';
import { printExplanations } from './predict-explain.js';

interface Options {
  readonly input?: readonly string[];
  readonly profile?: readonly string[];
  readonly allProfiles?: true;
  readonly groupSweep?: true;
  readonly explain?: true;
  readonly energy?: true;
  readonly resolution?: number;
  readonly classes?: number;
  readonly kernels?: true;
  readonly json?: true;
}

type Report = import('../../app/index.js').PredictReport;
type Prediction = Report['predictions'][number];

export function predictCommand(io: Io): Command {
  return new Command('predict')
    .description('predict latency with its 90 % band, memory and device kernels, per device')
    .argument(
      '<architectures...>',
      "reference models' names, JSON, YAML, .tflite or .onnx files, or run#trial",
    )
    .option(
      '--profile <name>',
      'a hardware profile or its file; repeatable (default: one of each device and unit)',
      repeated,
    )
    .option('--all-profiles', 'every profile there is; of several architectures, how devices rank them')
    .option('--group-sweep', 'the best number of MixConv groups of each layer on each device')
    .option('--explain', 'what the network loses on each device by borders between its groups of channels')
    .option('--energy', 'estimate the energy of an inference too, from counts of operations')
    .option('--resolution <pixels>', "input height and width (default: the architecture's)", integer(1))
    .option('--classes <count>', "classes (default: the architecture's)", integer(1))
    .option('--input <shape>', inputHelp, repeated)
    .option('--kernels', 'list every device kernel')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas predict mixnet-m --profile mali-g76 --profile adreno-640 --resolution 224' +
        '\n  mixnas predict mixnet-s mixnet-m mixnet-l --all-profiles' +
        '\n  mixnas predict mixnet-s --profile mali-g76 --group-sweep' +
        '\n  mixnas predict mixnet-s --profile ethos-u65 --profile mali-g76 --explain',
    )
    .action(async (specs: string[], options: Options) => {
      const { compareRankings, predictAll, predictionJson } = await import('../../app/index.js');
      checkOptions(options);
      if (options.groupSweep) return sweep(io, specs, options);
      if (options.explain) {
        const { profile: profiles, input: inputs, ...rest } = options;
        return printExplanations(io, specs, { ...rest, profiles, inputs });
      }
      const reports = predictAll(specs, {
        ...options,
        profiles: options.profile,
        inputs: options.input,
      });
      const [first] = reports;
      if (first === undefined) return;
      const rankings = reports.length > 1 ? compareRankings(reports) : undefined;
      if (!options.json) {
        printBlock(io, [
          ...reports.flatMap((report, i) => [...(i > 0 ? [[]] : []), ...describe(report, options)]),
          ...(rankings ? [[], ...describeRankings(rankings)] : []),
        ]);
      } else if (rankings === undefined) {
        printJson(io, predictionJson(first));
      } else {
        const architectures = reports.map((report) => ({ name: report.name, ...predictionJson(report) }));
        printJson(io, { architectures, rankings });
      }
    });
}

function checkOptions({ allProfiles, profile }: Options): void {
  if (!allProfiles || profile === undefined) return;
  throw new MixnasError('bad-usage', '--all-profiles and --profile exclude each other.', {
    remedy: 'Leave one of them out.',
  });
}

function describe(report: Report, options: Options): Block {
  const resolution = report.predictions[0]?.resolution ?? 0;
  const right = { align: 'right' } as const;
  const rows = report.predictions.map((p) => [
    p.profile,
    p.expectedMs === undefined
      ? formatMs(p.latencyMs)
      : `${formatMs(p.expectedMs)} (at most ${formatMs(p.latencyMs)})`,
    `${significant(p.lowMs)} to ${formatMs(p.highMs)}`,
    formatMs(p.overheadUs / 1000),
    formatBytes(p.memory.totalBytes),
    memoryText(p.memory),
    String(p.kernels.length),
    ...(p.energy ? [`${significant(p.energy.lowMj, 2)} to ${significant(p.energy.highMj, 2)} mJ`] : []),
    sourcesText(p),
  ]);
  const [basis] = report.predictions.flatMap((p) => (p.energy ? [p.energy.from] : []));
  return [
    ...(report.file
      ? describeFile(report.name, report.file)
      : [line(span(report.name, 'accent', { bold: true }), ` at ${resolution}x${resolution}`)]),
    [],
    ...table(
      [
        { title: 'device' },
        { title: 'latency', ...right },
        { title: '90 % band', ...right },
        { title: 'overhead', ...right },
        { title: 'memory', ...right },
        { title: 'activations + weights + runtime', ...right },
        { title: 'kernels', ...right },
        ...(basis === undefined ? [] : [{ title: 'energy (estimate)', ...right }]),
        { title: 'share of the time that is' },
      ],
      rows,
    ),
    ...(basis === undefined ? [] : [line(span(`energy: ${basis}`, 'muted'))]),
    ...(options.kernels ? report.predictions.flatMap(kernels) : []),
  ];
}

/** `3.01 MB + 8.30 MB + 26 MB`; a runtime whose share is not known is not counted, and says so. */
function memoryText({ activationBytes, weightBytes, runtimeBytes }: Prediction['memory']): string {
  const runtime = runtimeBytes > 0 ? formatBytes(runtimeBytes) : 'not known';
  return `${formatBytes(activationBytes)} + ${formatBytes(weightBytes)} + ${runtime}`;
}

/** `91 % measured, 9 % interpolated`. */
function sourcesText({ kernels: list }: Prediction): string {
  const total = list.reduce((sum, k) => sum + k.latencyUs, 0);
  const shares = new Map<string, number>();
  for (const k of list) shares.set(k.source, (shares.get(k.source) ?? 0) + k.latencyUs / total);
  return [...shares]
    .sort((a, b) => b[1] - a[1])
    .map(([source, share]) => `${formatPercent(share, 0)} ${source}`)
    .join(', ');
}

function kernels(prediction: Prediction): Block {
  const rows = prediction.kernels.map((k) => [k.layer, k.op, `${significant(k.latencyUs)} µs`, k.source]);
  return [
    [],
    [span(prediction.profile, 'accent', { bold: true })],
    ...table(
      [{ title: 'layer' }, { title: 'kernel' }, { title: 'latency', align: 'right' }, { title: 'source' }],
      rows,
    ),
  ];
}
