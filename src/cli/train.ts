/** `mixnas train`: trains one architecture from scratch. */
import { formatCount, formatDuration, formatInteger, formatPercent, significant } from '../base/index.js';
import { Command } from 'commander';
import { type Block, line, span } from '../dashboard/index.js';
import { reportData } from './data-progress.js';
import { interruptible } from './interrupt.js';
import { createProgressLine, type Io, note, printBlock, printJson } from './io.js';
import { integer, positive } from './options.js';

interface Options {
  readonly dataset?: string;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly validation?: number;
  readonly seed?: string;
  readonly out?: string;
  readonly json?: true;
}

type Report = import('../app/index.js').TrainReport;

export function trainCommand(io: Io): Command {
  return new Command('train')
    .description('train one architecture from scratch and save its weights')
    .argument('<architecture>', "a reference model's name, a JSON or YAML file, or run#trial")
    .option('--dataset <name>', 'cifar10, textures, or a folder of images (default: cifar10)')
    .option('--steps <count>', 'training steps (default: 300)', integer(1))
    .option('--batch-size <images>', 'images a step (default: 64)', integer(1))
    .option('--learning-rate <rate>', 'highest learning rate (default: 0.1)', positive)
    .option('--validation <images>', 'training images held out (default: a tenth)', integer(1))
    .option('--seed <seed>', 'seed of weights, split and batches (default: 1)')
    .option('--out <folder>', 'where to write (default: a new folder under trained/)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mixnas train quickstart-1#12 --steps 2000\n  mixnas train mixnet-s --dataset textures --steps 100',
    )
    .action(async (spec: string, options: Options) => {
      const { parseDataset, trainArchitecture } = await import('../app/index.js');
      const steps = createProgressLine(io);
      const report = await interruptible(io, (signal) =>
        trainArchitecture(spec, {
          data: options.dataset === undefined ? undefined : parseDataset(options.dataset),
          recipe: recipeOf(options),
          seed: options.seed,
          validation: options.validation,
          out: options.out,
          onData: reportData(() => createProgressLine(io)),
          onProgress: ({ step, steps: all, loss, imagesPerSecond }) =>
            steps.update(
              `step ${formatInteger(step)} of ${formatInteger(all)}, loss ${significant(loss)}, ${significant(imagesPerSecond)} images/s`,
            ),
          signal,
        }),
      );
      steps.done();
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report));
      note(io, `\nTest accuracy: mixnas eval ${report.folder}`);
    });
}

/** What was given on the command line; a short training has a short warm-up. */
function recipeOf({ steps, batchSize, learningRate }: Options) {
  return {
    ...(steps === undefined ? {} : { steps }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(learningRate === undefined ? {} : { learningRate }),
  };
}

function describe(report: Report): Block {
  const field = (label: string, value: string) => line(span(label.padEnd(21), 'muted'), value);
  return [
    line(
      span(report.name, 'accent', { bold: true }),
      ` trained at ${report.resolution}x${report.resolution}, ${report.classes} classes`,
    ),
    field('validation accuracy', `${formatPercent(report.accuracy, 2)} (loss ${significant(report.loss)})`),
    field('parameters', formatCount(report.params)),
    field('MACs', `${formatCount(report.macs)} at ${report.resolution}x${report.resolution}`),
    field('trained', `${formatInteger(report.steps)} steps in ${formatDuration(report.seconds)}`),
    field('saved in', report.folder),
  ];
}
