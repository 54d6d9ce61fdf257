/** `mixnas ablate`: the comparisons of the MixConv paper, repeated. */
import { Command, Option } from 'commander';
import { MixnasError, formatPercent } from '../base/index.js';
import {
  interruptible,
  type Io,
  note,
  printJson,
  printText,
  integer,
  positive,
  repeated,
} from './terminal/index.js';

interface Options {
  readonly dataset?: string;
  readonly steps?: number;
  readonly seeds?: number;
  readonly workers?: number;
  readonly hostSeconds?: number;
  readonly host: boolean;
  readonly out?: string;
  readonly equal?: 'latency';
  readonly profile?: readonly string[];
  readonly json?: true;
}

export function ablateCommand(io: Io): Command {
  return new Command('ablate')
    .description(
      "repeat the MixConv paper's comparisons on a training budget; continues where it was stopped",
    )
    .argument('[comparison...]', 'kernels, split, depth, dilation, gate, groups (default: all)')
    .option('--dataset <name>', 'cifar10, cifar100, textures, or a folder of images (default: cifar10)')
    .option('--steps <count>', 'training steps of every network (default: 1000)', integer(1))
    .option('--seeds <count>', 'trainings of every network (default: 3)', integer(1))
    .option('--workers <count>', 'processes that train at once (default: one a core)', integer(1))
    .option('--host-seconds <seconds>', 'timing of each number of groups on this host (default: 2)', positive)
    .option('--no-host', 'do not time anything on this host')
    .option('--out <folder>', 'where results are kept and the report is written (default: ablation)')
    .addOption(
      new Option(
        '--equal <what>',
        'widen the networks of a comparison until all take the same predicted time on a device (default comparisons: kernels, dilation, gate)',
      ).choices(['latency']),
    )
    .option(
      '--profile <name>',
      'with --equal latency, a device to do so on; repeatable (default: mali-g76, adreno-640, ethos-u65, pixel4-cpu-big-1t-float)',
      repeated,
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas ablate kernels gate --steps 500\n  mixnas ablate --seeds 5 --out results\n  mixnas ablate --equal latency --profile mali-g76 --steps 5000 --seeds 5',
    )
    .action(async (only: string[], options: Options) => {
      const { ablate, ablationMarkdown, equalProfiles, parseDataset } = await import('../app/index.js');
      if (options.profile && !options.equal) {
        throw new MixnasError('bad-usage', '--profile is for comparisons at equal latency.', {
          remedy: 'Add `--equal latency`, or leave --profile out.',
        });
      }
      const report = await interruptible(io, (signal) =>
        ablate({
          only: only.length > 0 ? only : undefined,
          equalLatency: options.equal && (options.profile ?? equalProfiles),
          data: options.dataset === undefined ? undefined : parseDataset(options.dataset),
          steps: options.steps,
          seeds: options.seeds,
          workers: options.workers,
          hostSeconds: options.host ? options.hostSeconds : 0,
          out: options.out,
          signal,
          onProgress: ({ done, trainings, comparison, variant, accuracy }) =>
            note(io, `${done} of ${trainings}: ${comparison} ${variant} ${formatPercent(accuracy, 2)}`),
        }),
      );
      if (options.json) printJson(io, report);
      else printText(io, ablationMarkdown(report));
    });
}
