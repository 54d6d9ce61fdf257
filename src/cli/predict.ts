/** `mixnas predict`: latency with its band, peak memory and kernels, per device. */
import { formatBytes, formatMs, formatPercent, significant } from '../base/index.js';
import { Command } from 'commander';
import { type Block, line, span, table } from '../dashboard/index.js';
import { type Io, printBlock, printJson } from './io.js';
import { integer, repeated } from './options.js';

interface Options {
  readonly profile?: readonly string[];
  readonly resolution?: number;
  readonly classes?: number;
  readonly kernels?: true;
  readonly json?: true;
}

type Report = import('../app/index.js').PredictReport;
type Prediction = Report['predictions'][number];

export function predictCommand(io: Io): Command {
  return new Command('predict')
    .description('predict latency with its 90 % band, peak memory and kernels, per device')
    .argument('<architecture>', "a reference model's name, a JSON or YAML file, or run#trial")
    .option('--profile <name>', 'a hardware profile or its file; repeatable (default: all)', repeated)
    .option('--resolution <pixels>', "input height and width (default: the architecture's)", integer(1))
    .option('--classes <count>', "classes (default: the architecture's)", integer(1))
    .option('--kernels', 'list every kernel')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mixnas predict mixnet-m --profile mali-g76 --profile adreno-640 --resolution 224',
    )
    .action(async (spec: string, options: Options) => {
      const { predict, predictionJson } = await import('../app/index.js');
      const report = predict(spec, { ...options, profiles: options.profile });
      if (options.json) printJson(io, predictionJson(report));
      else printBlock(io, describe(report, options));
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
    formatBytes(p.peakMemoryBytes),
    String(p.kernels.length),
    sourcesText(p),
  ]);
  return [
    line(span(report.name, 'accent', { bold: true }), ` at ${resolution}x${resolution}`),
    [],
    ...table(
      [
        { title: 'device' },
        { title: 'latency', ...right },
        { title: '90 % band', ...right },
        { title: 'overhead', ...right },
        { title: 'peak memory', ...right },
        { title: 'kernels', ...right },
        { title: 'share of the time that is' },
      ],
      rows,
    ),
    ...(options.kernels ? report.predictions.flatMap(kernels) : []),
  ];
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
