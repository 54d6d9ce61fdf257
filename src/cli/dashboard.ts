/** `mixnas dashboard`: the terminal dashboard on a run. */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { MixnasError, packageRoot } from '../base/index.js';
import { canShowDashboard } from '../dashboard/index.js';
import { Interrupted, type Io } from './terminal/index.js';
import { findNetwork } from './find-network.js';

interface Options {
  readonly ascii?: true;
  readonly demo?: true;
  readonly theme?: 'auto' | 'dark' | 'light' | 'contrast' | 'any';
  readonly pictures: 'auto' | 'always' | 'never';
  readonly screenReader?: true;
}

/** The recorded run that comes with the package. */
const demoRun = () => join(packageRoot(), 'runs', 'example');

export function dashboardCommand(io: Io): Command {
  return new Command('dashboard')
    .description('open the terminal dashboard on a run: live, finished, or copied from elsewhere')
    .argument('[run]', 'its folder, or its name under runs/ (default: the newest)')
    .option('--ascii', 'draw with ASCII characters only')
    .option('--demo', 'open the run that comes with mixnas: nothing is searched')
    .addOption(
      new Option('--theme <name>', 'colours for a dark or a light terminal, or strong contrast')
        .choices(['auto', 'dark', 'light', 'contrast', 'any'])
        .default('auto'),
    )
    .addOption(
      new Option('--pictures <when>', 'draw fronts as pictures, where the terminal shows them')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option('--screen-reader', 'lines that say what changes, instead of a full screen')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas dashboard quickstart-1\n  mixnas dashboard --demo\n  mixnas dashboard quickstart-1 --screen-reader',
    )
    .action(async (run: string | undefined, options: Options) => {
      if (!canShowDashboard(io.stdin, io.stdout, io.env)) {
        throw new MixnasError('bad-usage', 'The dashboard needs a terminal.');
      }
      if (options.demo && run !== undefined) {
        throw new MixnasError('bad-usage', '--demo opens a run of its own.', {
          remedy: 'Leave the run out.',
        });
      }
      const { openDashboard } = await import('../dashboard/index.js');
      const { theme, pictures, screenReader, ascii } = options;
      const dashboard = await openDashboard(options.demo ? demoRun() : run, {
        ...io,
        ascii,
        theme: theme === 'auto' ? undefined : theme,
        pictures: pictures === 'auto' ? undefined : pictures,
        aloud: screenReader ?? Boolean(io.env['MIXNAS_SCREEN_READER']),
        findNetwork,
      });
      const how = await dashboard.left;
      if (how === 'interrupt' || how === 'SIGINT') throw new Interrupted();
    });
}
