/** `mixnas status`: a run as text or JSON, once or while it runs. */
import { Command } from 'commander';
import { MixnasError } from '../base/index.js';
import { detectTheme, loadStatus, type StatusScreen, statusScreens } from '../dashboard/index.js';
import { interruptible, type Io, printBlock, printJson, printText, repeated } from './terminal/index.js';

interface Options {
  readonly screen?: readonly string[];
  readonly all?: true;
  readonly follow?: true;
  readonly ascii?: true;
  readonly json?: true;
}

export function statusCommand(io: Io): Command {
  return new Command('status')
    .description('show what the dashboard shows of a run as plain text, once or while it runs')
    .argument('<run>', 'its folder, or its name under runs/')
    .option(
      '--screen <name>',
      `${statusScreens.join(', ')}; repeatable (default: progress, front, devices)`,
      repeated,
    )
    .option('--all', 'all of them')
    .option('-f, --follow', 'continue with a line for each trial until the run ends')
    .option('--ascii', 'draw with ASCII characters only')
    .option('--json', 'print JSON; with --follow one object a line')
    .addHelpText(
      'after',
      '\nExamples:\n  mixnas status quickstart-1\n  mixnas status quickstart-1 --follow --json',
    )
    .action(async (run: string, options: Options) => {
      const status = await loadStatus();
      if (options.json && !options.follow) return printJson(io, status.readStatus(run));
      if (options.json) {
        const take = (event: unknown) => printJson(io, event);
        return interruptible(io, (signal) => status.followStatus(run, take, signal));
      }
      const { glyphs } = detectTheme(io.stdout, io.env, options);
      const width = Math.min(io.stdout.columns ?? 100, 160);
      printBlock(io, status.runStatus(run, screensOf(options), glyphs, width), options);
      if (!options.follow) return;
      await interruptible(io, (signal) =>
        status.followPlainly(run, (text) => printText(io, `${text}\n`), signal),
      );
    });
}

const usual: readonly StatusScreen[] = ['progress', 'front', 'devices'];

/** @throws MixnasError `bad-usage` for a screen that there is not. */
function screensOf({ screen, all }: Options): readonly StatusScreen[] {
  if (all) return statusScreens;
  return (
    screen?.map((name) => {
      const found = statusScreens.find((one) => one === name);
      if (found) return found;
      throw new MixnasError('bad-usage', `There is no screen ${JSON.stringify(name)}.`, {
        remedy: `Choose among ${statusScreens.join(', ')}.`,
      });
    }) ?? usual
  );
}
