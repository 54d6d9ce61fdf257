/** Steering a search of another process. */
import { MixnasError, nearest } from '../../base/index.js';
import {
  type Command,
  type ControlRow,
  commandText,
  findRun,
  readRun,
  runsRoot,
  sendControl,
} from '../../runs/index.js';
import { resolveArchitecture } from '../network/index.js';

/** What a user may ask of a running search; a network by name, file or `run#trial`. */
export type ControlOrder =
  | Exclude<Command, { type: 'queue' }>
  | { readonly type: 'queue'; readonly architecture: string };

export interface ControlReport {
  readonly run: string;
  readonly command: Command;
  /** The command in words. */
  readonly text: string;
  /** `waiting`: the search has not answered within the time; it may still. */
  readonly state: ControlRow['state'];
  readonly reason: string | undefined;
}

export interface ControlOptions {
  /** How long the answer is waited for. Default 10 s. */
  readonly waitMs?: number | undefined;
  readonly root?: string | undefined;
}

const lookEveryMs = 100;

/**
 * Asks something of the search that writes a run, and waits for its answer.
 * @throws MixnasError `bad-run` when there is no such run or no process writes it, `bad-usage` for a device
 *   that the run has not, `bad-config` for an architecture that cannot be read.
 */
export async function control(
  run: string,
  order: ControlOrder,
  { waitMs = 10_000, root }: ControlOptions = {},
): Promise<ControlReport> {
  const folder = findRun(run, root ?? runsRoot());
  const { config, name } = readRun(folder);
  if (order.type === 'limit' && !config.profiles.includes(order.profile)) {
    const near = nearest(order.profile, config.profiles);
    throw new MixnasError('bad-usage', `${order.profile} is not a device of ${name}.`, {
      remedy: near[0] ? `Did you mean ${near[0]}?` : `Its devices are ${config.profiles.join(', ')}.`,
    });
  }
  const command = commandOf(order);
  const id = sendControl(folder, command);
  const deadline = performance.now() + waitMs;
  for (;;) {
    const row = readRun(folder).controls.find((one) => one.id === id);
    const state = row?.state ?? 'waiting';
    if (state !== 'waiting' || performance.now() >= deadline) {
      return { run: name, command, text: commandText(command), state, reason: row?.reason };
    }
    await new Promise((done) => setTimeout(done, lookEveryMs));
  }
}

function commandOf(order: ControlOrder): Command {
  if (order.type !== 'queue') return order;
  const { architecture, name } = resolveArchitecture(order.architecture);
  return { type: 'queue', name, architecture };
}
