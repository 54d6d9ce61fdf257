/** `mixnas profile kit`: a folder with which somebody measures a device that is not at hand. */
import { commandLine } from '../../base/index.js';
import { Command, Option } from 'commander';
import { type Block, line, span } from '../../dashboard/index.js';
import { createProgressLine, type Io, integer, printBlock, printJson } from '../terminal/index.js';

interface Options {
  readonly unit?: 'cpu' | 'gpu' | 'nnapi';
  readonly int8?: true;
  readonly space?: string;
  readonly networks?: number;
  readonly resolution?: number;
  readonly like?: string;
  readonly seed?: string;
  readonly json?: true;
}

type Report = ReturnType<typeof import('../../app/index.js')['writeKit']>;

export function profileKitCommand(io: Io): Command {
  return new Command('kit')
    .description(
      'write a folder with models, a script and an Android app that measure a device; profile tune --kit reads its results',
    )
    .argument('<folder>', 'to write')
    .addOption(
      new Option('--unit <unit>', 'what the models are made for')
        .choices(['cpu', 'gpu', 'nnapi'])
        .default('cpu'),
    )
    .option('--int8', 'models in 8-bit integers, which NPUs and NNAPI need')
    .option('--networks <count>', 'networks of the space, besides 60 small models', integer(0), 10)
    .option('--space <name>', 'the search space that they are of', 'mixnet-imagenet')
    .option('--resolution <pixels>', 'their input height and width', integer(8), 224)
    .option('--like <profile>', 'a sibling, whose uncertainty they are chosen to cut')
    .option('--seed <text>', 'decides which networks', '1')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas profile kit kit\n  mixnas profile kit kit --unit gpu --like adreno-640 --networks 20\n  mixnas profile kit kit --unit nnapi --int8',
    )
    .action(async (folder: string, options: Options) => {
      const { writeKit } = await import('../../app/index.js');
      const progress = createProgressLine(io);
      const report = writeKit(folder, { ...options, onStep: (step) => progress.update(step) });
      progress.done();
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report));
    });
}

function describe({ folder, unit, precision, kernels, networks }: Report): Block {
  return [
    line(
      span(folder, 'accent', { bold: true }),
      `: ${kernels.length} small models and ${networks.length} networks in ${precision} for ${unit}, measure.sh, and an Android app`,
    ),
    line('README.md there says how to measure; then'),
    line(span(commandLine('profile', 'tune', 'my-phone', '--kit', folder), 'muted')),
  ];
}
