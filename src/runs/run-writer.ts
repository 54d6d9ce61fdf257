/** Making a run folder, and taking one up again: the only ways to write a run. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { MixnasError, asDiskError } from '../base/index.js';
import { type NewRunContents, writeContents } from './contents.js';
import { ControlReader, type ControlRequest } from './control.js';
import { type JournalEntry, openJournal } from './journal/index.js';
import { type RunFront, writeFront } from './front-files.js';
import { type Lock, takeLock } from './lock.js';
import { checkRunName, findRun } from './names.js';
import { recoverJournal } from './recovery.js';
import { RunReading, type RunView } from './view.js';

/** The one writer of a run; holds its lock until it is closed. */
export interface RunWriter {
  readonly folder: string;
  readonly name: string;
  /**
   * Adds a line to the journal; what it says counts from when this returns.
   * @throws MixnasError `no-space` on a full disk, `bad-run` when another process has taken the run.
   */
  append(entry: JournalEntry): void;
  /** What the search was asked since the last look, or since the run was opened. */
  requests(): ControlRequest[];
  /** Where the weights of a trial belong. */
  weightsPath(trial: number): string;
  /** Removes a trial's weights, if there are any. */
  removeWeights(trial: number): void;
  /** Removes all weights but those of `trials`; only while no worker is writing any. */
  keepWeights(trials: ReadonlySet<number>): void;
  /** Where the checkpoint of a trial after so many steps belongs; its folder is made. */
  checkpointPath(trial: number, step: number): string;
  removeCheckpoint(path: string): void;
  /** Removes all checkpoints but these; only while no worker is writing any. */
  keepCheckpoints(paths: ReadonlySet<string>): void;
  /** Replaces `front.json` and `front.csv`. */
  writeFront(front: RunFront): void;
  /** Flushes the journal to the disk and gives the run free; again does nothing. */
  close(): void;
}

/**
 * Makes the folder of a new run, whole or not at all.
 * @param root the folder that holds runs; made when it is not there.
 * @throws MixnasError `bad-usage` for a name that cannot be, `bad-run` when there is such a run,
 *   `no-space` when it cannot be written; nothing is left behind then.
 */
export function createRun(root: string, name: string, contents: NewRunContents): RunWriter {
  checkNewRun(root, name);
  const folder = join(root, name);
  const building = join(root, `.${name}.${process.pid}`);
  const hadRoot = existsSync(root);
  try {
    mkdirSync(building, { recursive: true });
    writeContents(building, name, contents);
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (!hadRoot) removeIfEmpty(root);
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw taken(folder);
    throw asDiskError(error, folder) ?? error;
  }
  return openWriter(folder, name, takeLock(folder), 0);
}

/**
 * Whether a run may be made under this name.
 * @throws MixnasError `bad-usage` for a name that cannot be, `bad-run` when there is such a run.
 */
export function checkNewRun(root: string, name: string): void {
  checkRunName(name);
  if (existsSync(join(root, name))) throw taken(join(root, name));
}

function taken(folder: string): MixnasError {
  return new MixnasError('bad-run', `There is a run ${folder} already.`, {
    remedy: 'Go on with it by `mixnas resume`, or choose another name.',
  });
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is not empty, or not there.
  }
}

/** A run that is taken up again. */
export interface ResumedRun {
  readonly writer: RunWriter;
  /** The run as it stood. */
  readonly view: RunView;
  /** Whether the journal's last line was torn and has been cut off. */
  readonly mended: boolean;
}

/**
 * Takes a run up again. A torn last line of its journal is cut off.
 * @param pathOrName its folder, or its name in the runs folder.
 * @throws MixnasError `bad-run` when there is no such run, another process is writing it, or its journal
 *   is broken before its last line; nothing is changed then.
 */
export function resumeRun(pathOrName: string, root?: string): ResumedRun {
  const folder = findRun(pathOrName, root);
  const lock = takeLock(folder);
  try {
    const reading = new RunReading(folder);
    reading.advance();
    const { lines, mended } = recoverJournal(reading);
    const view = { ...reading.view(), live: false, problems: [] };
    return { writer: openWriter(folder, view.name, lock, lines), view, mended };
  } catch (error) {
    lock.release();
    throw asDiskError(error, folder) ?? error;
  }
}

function openWriter(folder: string, name: string, lock: Lock, lines: number): RunWriter {
  const journal = openJournal(join(folder, 'journal.jsonl'), { lines, check: lock.check });
  const control = new ControlReader(folder, 'end');
  const weights = join(folder, 'weights');
  const checkpoints = join(folder, 'checkpoints');
  const weightsPath = (trial: number) => join(weights, `${trial}.safetensors`);
  return {
    folder,
    name,
    append: journal.append,
    requests: () => control.read(),
    weightsPath,
    removeWeights: (trial) => rmSync(weightsPath(trial), { force: true }),
    keepWeights(trials) {
      const keep = new Set([...trials].map(weightsPath));
      for (const path of readdirSync(weights).map((file) => join(weights, file))) {
        if (!keep.has(path)) rmSync(path, { force: true });
      }
    },
    checkpointPath(trial, step) {
      mkdirSync(checkpoints, { recursive: true });
      return join(checkpoints, `${trial}-${step}`);
    },
    removeCheckpoint: (path) => rmSync(path, { recursive: true, force: true }),
    keepCheckpoints(paths) {
      const found = existsSync(checkpoints) ? readdirSync(checkpoints) : [];
      for (const path of found.map((file) => join(checkpoints, file))) {
        if (!paths.has(path)) rmSync(path, { recursive: true, force: true });
      }
    },
    writeFront: (front) => writeFront(folder, front),
    close() {
      removeIfEmpty(checkpoints);
      journal.close();
      lock.release();
    },
  };
}
