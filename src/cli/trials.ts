/** `mixnas trials`: every trial of a run, as CSV or JSON. */
import { Command } from 'commander';
import { MixnasError } from '../base/index.js';
import { type Io, printJson, printText } from './terminal/index.js';

interface Options {
  readonly csv?: true;
  readonly json?: true;
  readonly where?: string;
}

export function trialsCommand(io: Io): Command {
  return new Command('trials')
    .description('print every trial of a run with its metrics and its architecture')
    .argument('<run>', 'its folder, or its name under runs/')
    .option('--csv', 'as CSV: a column for each metric, the architecture as JSON')
    .option('--json', 'as JSON, an object a line')
    .option('--where <expression>', 'only trials that it holds for; see docs/dashboard.md, Finding trials')
    .addHelpText(
      'after',
      `
Examples:
  mixnas trials quickstart-1 --csv > trials.csv
  mixnas trials quickstart-1 --json --where 'accuracy > 50% and latency["mali-g76"] < 8 ms and any kernel = 9'
  mixnas trials quickstart-1 --csv --where 'failed and reason ~ "memory"'`,
    )
    .action(async (run: string, options: Options) => {
      if (options.csv === options.json) {
        throw new MixnasError('bad-usage', 'trials prints CSV or JSON.', { remedy: 'Give --csv or --json.' });
      }
      const { trialsCsv, trialsOf } = await import('../app/index.js');
      if (options.json) for (const trial of trialsOf(run, options)) printJson(io, trial);
      else for (const line of trialsCsv(run, options)) printText(io, `${line}\n`);
    });
}
