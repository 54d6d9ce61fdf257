/** `mixnas eval`: test accuracy of saved weights. */
import {
  formatBytes,
  formatCount,
  formatInteger,
  formatMs,
  formatPercent,
  significant,
} from '../base/index.js';
import { Command } from 'commander';
import { type Block, line, span, table } from '../dashboard/index.js';
import {
  reportData,
  interruptible,
  createProgressLine,
  type Io,
  note,
  printBlock,
  printJson,
  integer,
  repeated,
} from './terminal/index.js';
type Report = import('../app/index.js').EvaluateReport;
type Points = import('../app/index.js').OperatingPointsReport;

interface Options {
  readonly dataset?: string;
  readonly operatingPoints?: true;
  readonly profile?: readonly string[];
  readonly resolution?: number;
  readonly json?: true;
}

export function evalCommand(io: Io): Command {
  return new Command('eval')
    .description('measure saved weights on the test images, which nothing else touches')
    .argument('<weights>', 'run#trial, a folder that train wrote, or a .safetensors file')
    .option(
      '--dataset <name>',
      'other data than it was trained on, with the same classes: a name or a folder',
    )
    .option(
      '--operating-points',
      'of a gated network: what it does with its largest convolution kernels switched off',
    )
    .option(
      '--profile <name>',
      'a device to price operating points on, repeatable (default: one of each device)',
      repeated,
    )
    .option('--resolution <pixels>', 'where operating points are priced (default: as deployed)', integer(1))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mixnas eval quickstart-1#12\n  mixnas eval trained/gated-1 --operating-points --profile mali-g76',
    )
    .action(async (spec: string, options: Options) => {
      const { evaluate, operatingPoints, parseDataset } = await import('../app/index.js');
      const hooks = {
        data: options.dataset === undefined ? undefined : parseDataset(options.dataset),
        onData: reportData(() => createProgressLine(io)),
        onNotice: (text: string) => note(io, text),
      };
      if (options.operatingPoints) {
        const { profile: profiles, resolution } = options;
        const points = await interruptible(io, (signal) =>
          operatingPoints(spec, { profiles, resolution, ...hooks, signal }),
        );
        if (options.json) printJson(io, points);
        else printBlock(io, describePoints(points));
        return;
      }
      const report = await interruptible(io, (signal) => evaluate(spec, { ...hooks, signal }));
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report));
    });
}

function describePoints(report: Points): Block {
  const right = { align: 'right' } as const;
  const profiles = report.points[0]?.latencies.map(({ profile }) => profile) ?? [];
  const rows = report.points.map((point) => [
    String(point.groups),
    formatPercent(point.accuracy, 2),
    formatCount(point.expectedMacs),
    formatBytes(point.peakActivationBytes),
    ...point.latencies.map(({ expectedMs, worstMs }) =>
      expectedMs === worstMs ? formatMs(worstMs) : `${formatMs(expectedMs)} (at most ${formatMs(worstMs)})`,
    ),
  ]);
  const { trainedResolution: trained, resolution, classes } = report;
  return [
    line(
      span(report.network, 'accent', { bold: true }),
      ` on ${formatInteger(report.count)} test images of ${report.data} at ${trained}x${trained}; priced at ${resolution}x${resolution}, ${classes} classes`,
    ),
    [],
    ...table(
      [
        { title: 'groups allowed', ...right },
        { title: 'accuracy', ...right },
        { title: 'expected MACs', ...right },
        { title: 'peak activations', ...right },
        ...profiles.map((title) => ({ title, ...right })),
      ],
      rows,
    ),
  ];
}

function describe(report: Report): Block {
  const field = (label: string, value: string) => line(span(label.padEnd(14), 'muted'), value);
  return [
    line(
      span(report.network, 'accent', { bold: true }),
      ` at ${report.resolution}x${report.resolution}, ${report.classes} classes`,
    ),
    field('test accuracy', `${formatPercent(report.accuracy, 2)} (loss ${significant(report.loss)})`),
    field('test images', `${formatInteger(report.count)} of ${report.data}`),
    field('parameters', formatCount(report.params)),
    field('MACs', `${formatCount(report.macs)} at ${report.resolution}x${report.resolution}`),
    ...(report.expectedMacs === undefined
      ? []
      : [field('expected MACs', `${formatCount(report.expectedMacs)}, as hard gates skip groups`)]),
  ];
}
