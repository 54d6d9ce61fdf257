/** `mixnas train`: trains one architecture, from scratch or from weights. */
import {
  MixnasError,
  commandLine,
  formatCount,
  formatDuration,
  formatInteger,
  formatPercent,
  significant,
} from '../base/index.js';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Block, detectTheme, learningCurve, line, span } from '../dashboard/index.js';
import {
  reportData,
  interruptible,
  createProgressLine,
  type Io,
  note,
  printBlock,
  printJson,
  integer,
  positive,
  share,
} from './terminal/index.js';
import {
  type FolderOptions,
  folderOptionNames,
  refuseLoneFolderOptions,
  withFolderOptions,
} from './folder-options.js';

interface Options extends FolderOptions {
  readonly dataset?: string;
  readonly resolution?: number;
  readonly from?: string;
  readonly recipe?: string;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly optimizer?: 'sgd' | 'rmsprop' | 'adamw';
  readonly ema?: number;
  readonly mixup?: number;
  readonly cutout?: number;
  readonly randAugment?: number;
  readonly progressive?: { resolution: number; until: number }[];
  readonly patience?: number;
  readonly validateEvery?: number;
  readonly validation?: number;
  readonly seed?: string;
  readonly out?: string;
  readonly resume?: true;
  readonly json?: true;
}

type Report = import('../app/index.js').TrainReport;
type Recipe = NonNullable<import('../app/index.js').TrainArchitectureOptions['recipe']>;
type Progress = Parameters<NonNullable<import('../app/index.js').TrainArchitectureOptions['onProgress']>>[0];

/** What a training that is resumed was started with. */
const fixed = [
  ...folderOptionNames,
  'resolution',
  'from',
  'recipe',
  'steps',
  'batchSize',
  'optimizer',
  'learningRate',
  'ema',
  'mixup',
  'cutout',
  'randAugment',
  'progressive',
  'patience',
  'validateEvery',
  'validation',
  'seed',
  'out',
];

export function trainCommand(io: Io): Command {
  return new Command('train')
    .description('train one architecture, from scratch or from weights, and save its weights')
    .argument(
      '[architecture]',
      "a reference model's name, a JSON or YAML file, run#trial, or with --resume a folder; default: that of --from",
    )
    .option(
      '--dataset <name>',
      "cifar10, cifar100, textures, or a folder of images (default: that of the trial's run or of the weights, else cifar10)",
    )
    .option(
      '--test-share <share>',
      'share of each class set aside for testing, of a folder without `test`',
      share,
    )
    .option('--white <value>', 'the value that becomes 255 in images of more than 8 bits', positive)
    .option(
      '--memory <megabytes>',
      'decoded images of a folder that are kept in memory (default: all up to 2 GB, else 512)',
      integer(1),
    )
    .option(
      '--disk <megabytes>',
      'decoded images of a folder beyond --memory that the cache may take (default: 20000)',
      integer(0),
    )
    .option(
      '--resolution <pixels>',
      'height and width that images are brought to (default: as in the run, of the weights, of the file; else 32)',
      integer(8),
    )
    .option(
      '--from <weights>',
      'start from weights: run#trial, a folder that train wrote, or a .safetensors file',
    )
    .option(
      '--recipe <file>',
      "a YAML or JSON file with the whole recipe; the options below override it, or that of the trial's run",
    )
    .option('--steps <count>', 'training steps (default: as in the run, else 300)', integer(1))
    .option('--batch-size <images>', 'images a step (default: as in the run, else 64)', integer(1))
    .addOption(new Option('--optimizer <name>', 'default: sgd').choices(['sgd', 'rmsprop', 'adamw']))
    .option('--learning-rate <rate>', 'highest learning rate (default: 0.5, 0.01 and 0.004)', positive)
    .option('--ema <decay>', 'evaluate and save a moving average of the weights, e.g. 0.999', positive)
    .option('--mixup <a>', 'blend images, shares from Beta(a, a), e.g. 0.2', positive)
    .option('--cutout <pixels>', 'side of a square that is blanked', integer(1))
    .option('--rand-augment <magnitude>', 'two random changes an image, of 10', positive)
    .option('--progressive <stages>', 'smaller images first: 16:0.3,24:0.6 until these shares', stages)
    .option('--patience <count>', 'stop after so many validations without a better one', integer(1))
    .option('--validate-every <steps>', 'steps between validations', integer(1))
    .option(
      '--validation <images>',
      'training images held out (default: as in the run, else a tenth)',
      integer(1),
    )
    .option('--seed <seed>', 'seed of weights, split and batches (default: 1)')
    .option('--out <folder>', 'where to write (default: a new folder under trained/)')
    .addOption(
      new Option('--resume', 'resume from the last checkpoint of this folder, to the bit').conflicts(fixed),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mixnas train quickstart-1#12 --steps 2000 --ema 0.99 --patience 5\n  mixnas train mixnet-s --dataset textures --steps 100\n  mixnas train --from trained/mixnet-s-1 --dataset photos --learning-rate 0.05\n  mixnas train trained/mixnet-s-1 --resume',
    )
    .action(async (given: string | undefined, options: Options) => {
      const spec = given ?? options.from;
      if (spec === undefined) {
        throw new MixnasError('bad-usage', 'There is nothing to train: no architecture and no --from.', {
          remedy: 'Name a reference model, a file, or run#trial.',
        });
      }
      const { parseDataset, recipeOfFile, resumeTraining, trainArchitecture } = await import(
        '../app/index.js'
      );
      const steps = createProgressLine(io);
      let saved: string | undefined;
      const training = interruptible(io, (signal) => {
        const hooks = {
          data:
            options.dataset === undefined
              ? undefined
              : withFolderOptions(parseDataset(options.dataset), options),
          onNotice: (text: string) => note(io, text),
          onData: reportData(() => createProgressLine(io)),
          onProgress: ({ step, steps: all, loss, imagesPerSecond }: Progress) =>
            steps.update(
              `step ${formatInteger(step)} of ${formatInteger(all)}, loss ${significant(loss)}, ${significant(imagesPerSecond)} images/s`,
            ),
          onCheckpoint: (folder: string) => {
            saved = folder;
          },
          signal,
        };
        if (options.resume) return resumeTraining(spec, hooks);
        refuseLoneFolderOptions(options);
        const file = options.recipe === undefined ? {} : recipeOfFile(options.recipe);
        return trainArchitecture(spec, {
          resolution: options.resolution,
          from: options.from,
          wholeRecipe: options.recipe !== undefined,
          recipe: recipeOf(options, file),
          seed: options.seed,
          validation: options.validation,
          validateEvery: options.validateEvery,
          out: options.out,
          ...hooks,
        });
      });
      const report = await training.catch((error: unknown) => {
        if (saved !== undefined) note(io, `Resume with: ${commandLine('train', saved, '--resume')}`);
        throw error;
      });
      steps.done();
      if (options.json) printJson(io, report);
      else printBlock(io, describe(report, detectTheme(io.stdout, io.env).glyphs));
      note(io, `\nTest accuracy: ${commandLine('eval', report.folder)}`);
      note(io, `A file for devices: ${commandLine('export', report.folder)}`);
    });
}

/** Stages of smaller images: `16:0.3,24:0.6`. */
function stages(text: string): { resolution: number; until: number }[] {
  return text.split(',').map((stage) => {
    const [resolution, until, ...more] = stage.split(':').map(Number);
    const whole = resolution !== undefined && Number.isInteger(resolution) && resolution > 0;
    if (!(whole && until !== undefined && until > 0 && until <= 1 && more.length === 0)) {
      throw new InvalidArgumentError('Expected stages such as 16:0.3,24:0.6.');
    }
    return { resolution, until };
  });
}

/** What was given on the command line, over what a file gives. */
function recipeOf(options: Options, file: Recipe): Recipe {
  const { steps, batchSize, optimizer, learningRate, ema, progressive, patience } = options;
  const { mixup, cutout, randAugment } = options;
  const given = { steps, batchSize, optimizer, learningRate, averaging: ema, progressive, patience };
  const augmentation = {
    mixup,
    cutout,
    randAugment: randAugment === undefined ? undefined : { magnitude: randAugment },
  };
  return { ...file, ...defined(given), augmentation: { ...file.augmentation, ...defined(augmentation) } };
}

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** How many steps were trained, and of how many where the recipe's patience ended it. */
function stepsOf({ steps, plannedSteps }: Report): string {
  if (steps === plannedSteps) return `${formatInteger(steps)} steps`;
  return `${formatInteger(steps)} of ${formatInteger(plannedSteps)} steps, stopped early,`;
}

function describe(report: Report, glyphs: ReturnType<typeof detectTheme>['glyphs']): Block {
  const field = (label: string, value: string) => line(span(label.padEnd(21), 'muted'), value);
  return [
    line(
      span(report.name, 'accent', { bold: true }),
      ` trained at ${report.resolution}x${report.resolution} on ${report.data}, ${report.classes} classes`,
    ),
    field('validation accuracy', `${formatPercent(report.accuracy, 2)} (loss ${significant(report.loss)})`),
    field('parameters', formatCount(report.params)),
    field('MACs', `${formatCount(report.macs)} at ${report.resolution}x${report.resolution}`),
    field('trained', `${stepsOf(report)} in ${formatDuration(report.seconds)}`),
    field('saved in', report.folder),
    [],
    ...learningCurve(report.curve, glyphs),
  ];
}
