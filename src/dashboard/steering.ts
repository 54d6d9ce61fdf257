/** Asks things of the search that writes the shown run, and says what became of them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MixnasError, messageOf, parseJsonDocument, readTextFile, sizeLimits } from '../base/index.js';
import { type Architecture, parseArchitecture } from '../models/index.js';
import { type Command, type RunView, commandText, sendControl } from '../runs/index.js';
import type { Role } from './draw/block.js';
import { architectureOf } from './model/candidate.js';
import type { RunModel } from './model/run-model.js';

/** Finds the network that a user names: a reference model, a file, or `run#trial`. */
export type FindNetwork = (
  spec: string,
) => Promise<{ readonly name: string; readonly architecture: Architecture }>;

export interface SteeringOptions {
  readonly model: () => RunModel;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly findNetwork: FindNetwork | undefined;
  /** Does something while the terminal belongs to another program. */
  readonly outside: (action: () => void) => void;
  readonly tell: (text: string, role: Role) => void;
}

export interface Steering {
  /** @throws MixnasError `bad-run` when no process writes the run any more. */
  send(command: Command): void;
  queue(network: string): void;
  /** Opens a row's network in the user's editor, and queues what is saved. */
  edit(row: number): void;
  /** Polls whether the search has answered. */
  look(view: RunView): void;
}

export function createSteering({ model, env, findNetwork, outside, tell }: SteeringOptions): Steering {
  const asked = new Set<string>();

  function send(command: Command): void {
    asked.add(sendControl(model().view.folder, command));
    tell(`Asked: ${commandText(command)}. The search has not taken it yet.`, 'accent');
  }

  return {
    send,
    queue(network) {
      tell(`Looking for ${network}`, 'accent');
      findNetwork?.(network)
        .then(({ name, architecture }) => send({ type: 'queue', name, architecture }))
        .catch((error: unknown) => tell(messageOf(error), 'bad'));
    },
    edit(row) {
      const architecture = architectureOf(model(), row);
      let edited: Architecture | undefined;
      outside(() => {
        edited = editInEditor(architecture, env);
      });
      if (edited) send({ type: 'queue', name: `trial ${model().row(row).id}, edited`, architecture: edited });
      else tell('Nothing was changed.', 'accent');
    },
    look({ controls }) {
      for (const { id, command, state, reason } of controls) {
        if (state === 'waiting' || !asked.delete(id)) continue;
        if (state === 'taken') tell(`Taken: ${commandText(command)}`, 'good');
        else if (state === 'refused') tell(`Refused: ${commandText(command)}: ${reason ?? ''}`, 'bad');
        else tell(`Not taken: ${commandText(command)}. The search had ended.`, 'warn');
      }
    },
  };
}

/**
 * Opens an architecture as JSON in `$VISUAL` or `$EDITOR`, else `vi`.
 * @returns what was saved; undefined when that is what it was.
 * @throws MixnasError `failed` when there is no such editor, `bad-config` for what is not an architecture.
 */
function editInEditor(
  architecture: Architecture,
  env: Readonly<Record<string, string | undefined>>,
): Architecture | undefined {
  const editor = env['VISUAL'] || env['EDITOR'] || 'vi';
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-edit-'));
  const path = join(folder, 'candidate.json');
  const text = `${JSON.stringify(architecture, undefined, 2)}\n`;
  try {
    writeFileSync(path, text);
    // The variable may hold arguments as well, as in `code --wait`.
    const { status } = spawnSync(`${editor} "${path}"`, { shell: true, stdio: 'inherit' });
    if (status !== 0) throw new MixnasError('failed', `The editor ${editor} did not end well.`);
    const saved = readTextFile(path, 'bad-config', { limit: sizeLimits.yaml });
    return saved === text
      ? undefined
      : parseArchitecture(parseJsonDocument(saved, edited, 'bad-config'), edited);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What its messages call it: the file is gone by then. */
const edited = 'the edited candidate';
