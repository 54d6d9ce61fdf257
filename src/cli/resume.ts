/** `mixnas resume`: continues a run that was stopped, or gives a finished one more trials. */
import { Command } from 'commander';
import {
  type Io,
  duration,
  integer,
  logLevelOption,
  metricsOption,
  type WatchOptions,
  watchSearch,
} from './terminal/index.js';

interface Options extends WatchOptions {
  readonly dataset?: string;
  readonly trials?: number;
  readonly time?: number;
  readonly workers?: number;
  readonly trust?: true;
  readonly stop: boolean;
  readonly redis?: string;
}

export function resumeCommand(io: Io): Command {
  return new Command('resume')
    .description('continue a run to the front that the unbroken run would have reached')
    .argument('<run>', 'its folder, or its name under runs/')
    .option('--dataset <folder>', 'where the same images are now, if they were moved')
    .option('--trials <count>', 'a new number of trials in all', integer(1))
    .option('--time <duration>', 'when to stop at the latest: 90s, 15min, 2h', duration)
    .option('--workers <count>', "processes that evaluate at once (default: the run's)", integer(1))
    .option('--redis <url>', 'of a fleet: where Redis is now, with its password')
    .option('--trust', 'start what the config of the run names, though somebody else made it')
    .option('--no-stop', 'continue past the rules that ended the search before its budget')
    .addOption(logLevelOption())
    .addOption(metricsOption())
    .option('--no-tui', 'print plain lines instead of the dashboard')
    .option('--ascii', 'draw with ASCII characters only')
    .option('--json', 'print the front as JSON at the end, and plain lines meanwhile')
    .addHelpText('after', '\nExample:\n  mixnas resume quickstart-1 --trials 200')
    .action(async (run: string, options: Options) => {
      const { parseDataset, resume } = await import('../app/index.js');
      const { dataset, trials, time: seconds, workers, trust, stop } = options;
      await watchSearch(io, options, (hooks) =>
        resume(run, {
          ...hooks,
          data: dataset === undefined ? undefined : parseDataset(dataset),
          trials,
          seconds,
          workers,
          trust,
          ignoreStop: !stop,
          redis: options.redis,
        }),
      );
    });
}
