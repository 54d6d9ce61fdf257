/** `mixnas init`: a config to start from. */
import { Command } from 'commander';
import { commandLine } from '../base/index.js';
import {
  type Io,
  alignHelp,
  alignment,
  note,
  printJson,
  printText,
  latencyLimit,
  repeated,
} from './terminal/index.js';

interface Options {
  readonly dataset?: string;
  readonly space?: string;
  readonly align?: 'auto' | number;
  readonly profile?: readonly string[];
  readonly maxLatency?: Readonly<Record<string, number>>;
  readonly json?: true;
}

export function initCommand(io: Io): Command {
  return new Command('init')
    .description('write a config to start from, with every field explained')
    .argument('[file]', 'where to write it; `-` prints it', 'mixnas.yaml')
    .option('--dataset <name>', 'cifar10, cifar100, textures, or a folder of images')
    .option('--space <name>', 'the search space, by name or file')
    .option('--align <multiple>', alignHelp, alignment)
    .option('--profile <name>', 'a device to price on; repeatable', repeated)
    .option('--max-latency <profile=ms>', 'the longest latency on a device; repeatable', latencyLimit)
    .option('--json', 'print the path as JSON')
    .addHelpText('after', '\nExample:\n  mixnas init my.yaml --profile mali-g76 --max-latency mali-g76=12')
    .action(async (file: string, options: Options) => {
      const { configTemplate, init } = await import('../app/index.js');
      const { dataset, space, align, profile: profiles, maxLatency: maxLatencyMs } = options;
      const given = { dataset, space, align, profiles, maxLatencyMs };
      if (file === '-') {
        printText(io, configTemplate(given));
        return;
      }
      const found = init(file, given);
      if (found !== undefined) note(io, found);
      if (options.json) printJson(io, { config: file });
      else note(io, `Wrote ${file}. Next: ${commandLine('search', file)}`);
    });
}
