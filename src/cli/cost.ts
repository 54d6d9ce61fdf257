/** `mixnas cost`: parameters, MACs and memory, layer by layer. */
import { formatBytes, formatCount, formatInteger } from '../base/index.js';
import { Command } from 'commander';
import { type Block, line, span, table } from '../dashboard/index.js';
import { describeFile, inputHelp } from './model-file.js';
import { type Io, printBlock, printJson, integer, repeated } from './terminal/index.js';

interface Options {
  readonly input?: readonly string[];
  readonly resolution?: number;
  readonly classes?: number;
  readonly json?: true;
}

export function costCommand(io: Io): Command {
  return new Command('cost')
    .description('print parameters, MACs and peak activation memory, in total and layer by layer')
    .argument('<architecture>', "a reference model's name, a JSON, YAML, .tflite or .onnx file, or run#trial")
    .option('--resolution <pixels>', "input height and width (default: the architecture's)", integer(1))
    .option('--classes <count>', "classes (default: the architecture's)", integer(1))
    .option('--input <shape>', inputHelp, repeated)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mixnas cost mixnet-s\n  mixnas cost quickstart#12 --resolution 224 --json' +
        '\n  mixnas cost detector.onnx --input 1x320x320x3',
    )
    .action(async (spec: string, options: Options) => {
      const { cost } = await import('../app/index.js');
      const report = cost(spec, { ...options, inputs: options.input });
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report));
    });
}

type Report = ReturnType<typeof import('../app/index.js')['cost']>;

function describe(report: Report): Block {
  const size = (shape: readonly number[]): string => shape.join('x');
  const layers = report.layers.map((layer) => [
    layer.name,
    layer.op,
    size(layer.input),
    size(layer.output),
    String(layer.kernel),
    String(layer.stride),
    String(layer.dilation),
    String(layer.groups),
    formatInteger(layer.params),
    formatInteger(layer.macs),
  ]);
  const right = { align: 'right' } as const;
  return [
    ...(report.file
      ? describeFile(report.name, report.file, report.macs)
      : [
          line(
            span(report.name, 'accent', { bold: true }),
            ` at ${report.resolution}x${report.resolution}, ${report.classes} classes`,
          ),
        ]),
    line(`parameters       ${formatInteger(report.params)} (${formatCount(report.params)})`),
    line(`MACs             ${formatInteger(report.macs)} (${formatCount(report.macs)})`),
    ...(report.expectedMacs === undefined
      ? []
      : [line(`expected MACs    ${formatCount(report.expectedMacs)} (an image on average, by hard gates)`)]),
    ...(report.flopsPaper === undefined
      ? []
      : [line(`paper's "FLOPs"  ${formatCount(report.flopsPaper)} (multiply-adds)`)]),
    line(`peak activations ${formatBytes(report.peakActivationBytes)} (32-bit floats, one image)`),
    [],
    ...table(
      [
        { title: 'layer' },
        { title: 'op' },
        { title: 'input', ...right },
        { title: 'output', ...right },
        { title: 'kernel', ...right },
        { title: 'stride', ...right },
        { title: 'dilation', ...right },
        { title: 'groups', ...right },
        { title: 'params', ...right },
        { title: 'MACs', ...right },
      ],
      layers,
    ),
  ];
}
