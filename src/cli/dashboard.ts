/** `mixnas dashboard`: the terminal dashboard on a run. */
import { Command } from 'commander';
import { MixnasError } from '../base/index.js';
import { canShowDashboard } from '../dashboard/index.js';
import { Interrupted, type Io } from './terminal/index.js';
import { findNetwork } from './find-network.js';

interface Options {
  readonly ascii?: true;
}

export function dashboardCommand(io: Io): Command {
  return new Command('dashboard')
    .description('open the terminal dashboard on a run: live, finished, or copied from elsewhere')
    .argument('[run]', 'its folder, or its name under runs/ (default: the newest)')
    .option('--ascii', 'draw with ASCII characters only')
    .addHelpText('after', '\nExample:\n  mixnas dashboard quickstart-1')
    .action(async (run: string | undefined, options: Options) => {
      if (!canShowDashboard(io.stdin, io.stdout, io.env)) {
        throw new MixnasError('bad-usage', 'The dashboard needs a terminal.');
      }
      const { openDashboard } = await import('../dashboard/index.js');
      const dashboard = await openDashboard(run, { ...io, ...options, findNetwork });
      const how = await dashboard.left;
      if (how === 'interrupt' || how === 'SIGINT') throw new Interrupted();
    });
}
