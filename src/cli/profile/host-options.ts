/** The options of the commands that measure this host. */
import type { Command } from 'commander';
import { integer, integers, positive, repeated } from '../terminal/index.js';

export interface HostCommandOptions {
  readonly networks?: number;
  readonly space?: readonly string[];
  readonly resolution?: readonly number[];
  readonly rounds?: number;
  readonly seconds?: number;
  readonly seed?: string;
  readonly core?: number;
}

/** What differs between the commands. */
interface HostDefaults {
  /** Before each option's text, where a command has others too: `of this host: `. */
  readonly about?: string;
  readonly networks: { readonly least: number; readonly count: number; readonly what: string };
  readonly rounds: number;
}

/** Adds to a command what `hostOptions` reads. */
export function addHostOptions(command: Command, { about = '', networks, rounds }: HostDefaults): Command {
  const text = (what: string) => `${about}${what}`;
  return command
    .option('--networks <count>', text(networks.what), integer(networks.least), networks.count)
    .option('--seed <text>', text('decides which networks'), '1')
    .option('--space <name>', text('search space; repeatable (default: those of mixnas)'), repeated)
    .option(
      '--resolution <pixels>',
      text("further input size, next to each space's own; repeatable (default: 224)"),
      integers(1),
    )
    .option(
      '--rounds <count>',
      text('times that each network is measured, minutes apart'),
      integer(1),
      rounds,
    )
    .option('--seconds <time>', text('timed runs of each network in each round'), positive, 0.15)
    .option('--core <number>', text('the core to measure on (default: the last one)'), integer(0));
}

/** The options as the use cases take them. */
export function hostOptions(options: HostCommandOptions) {
  const { networks: count, space, resolution, rounds, seconds, seed, core } = options;
  return { count, spaces: space, resolutions: resolution, rounds, seconds, seed, core };
}
