/** Making a run folder, and taking one up again: the only ways to write a run. */
import { chmodSync, existsSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MixnasError, asDiskError, makeFolders, commandLine, syncFolder } from '../base/index.js';
import { type NewRunContents, writeContents } from './contents.js';
import { ControlReader, type ControlRequest } from './control.js';
import { type JournalEntry, openJournal } from './journal/index.js';
import { type RunFront, writeFront } from './front-files.js';
import { type KeptFiles, keptFiles, removeIfEmpty } from './kept-files.js';
import { type Lock, takeLock } from './lock.js';
import { checkRunName, findRun } from './names.js';
import { recoverJournal } from './recovery.js';
import { RunReading, type RunView } from './view.js';

/** The one writer of a run; holds its lock until it is closed. */
export interface RunWriter extends Omit<KeptFiles, 'close'> {
  readonly folder: string;
  readonly name: string;
  /**
   * Adds a line to the journal; what it says counts from when this returns.
   * @throws MixnasError `no-space` on a full disk, `bad-run` when another process has taken the run.
   */
  append(entry: JournalEntry): void;
  /** What the search was asked since the last look, or since the run was opened. */
  requests(): ControlRequest[];
  /** Replaces `front.json` and `front.csv`. */
  writeFront(front: RunFront): void;
  /** Aborted, with a MixnasError `bad-run`, within a second after another process has taken the run. */
  readonly lost: AbortSignal;
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
  let building: string | undefined;
  const hadRoot = existsSync(root);
  try {
    makeFolders(root);
    building = mkdtempSync(join(root, `.${name}.`));
    chmodSync(building, folderMode & ~process.umask());
    writeContents(building, name, contents);
    renameSync(building, folder);
    syncFolder(root);
  } catch (error) {
    if (building !== undefined) rmSync(building, { recursive: true, force: true });
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
  if (lstatSync(join(root, name), { throwIfNoEntry: false })) throw taken(join(root, name));
}

function taken(folder: string): MixnasError {
  return new MixnasError('bad-run', `There is a run ${folder} already.`, {
    remedy: `Resume it: ${commandLine('resume', folder)}. Or choose another name.`,
  });
}

/** As `mkdir` makes a folder; one that is made under a name of its own is for its user only. */
const folderMode = 0o777;

/** A run that is taken up again. */
export interface ResumedRun {
  readonly writer: RunWriter;
  /** The run as it stood. */
  readonly view: RunView;
  /** Whether the journal's last line was torn and has been cut off. */
  readonly mended: boolean;
  /** Where the original is kept of a journal that two processes had written at once. */
  readonly original?: string | undefined;
  /** Whether the folder is a copy of one that another process writes. */
  readonly copied: boolean;
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
    const { lines, mended, original, reading: recovered } = recoverJournal(reading);
    const view = { ...recovered.view(), live: false, problems: [] };
    const writer = openWriter(folder, view.name, lock, lines);
    return { writer, view, mended, original, copied: lock.copied };
  } catch (error) {
    lock.release();
    throw asDiskError(error, folder) ?? error;
  }
}

function openWriter(folder: string, name: string, lock: Lock, lines: number): RunWriter {
  const { check } = lock;
  const kept = keptFiles(folder);
  const journal = openJournal(join(folder, 'journal.jsonl'), { lines, check });
  const control = new ControlReader(folder, 'end');
  const watch = watchLock(lock);
  /** What changes other files than the journal is only for who holds the run. */
  const held =
    <Args extends unknown[]>(change: (...args: Args) => void) =>
    (...args: Args) => {
      check();
      change(...args);
    };
  return {
    folder,
    name,
    lost: watch.signal,
    append: journal.append,
    requests: () => control.read(),
    weightsPath: kept.weightsPath,
    removeWeights: held(kept.removeWeights),
    keepWeights: held(kept.keepWeights),
    checkpointPath: kept.checkpointPath,
    removeCheckpoint: held(kept.removeCheckpoint),
    keepCheckpoints: held(kept.keepCheckpoints),
    writeFront: held((front: RunFront) => writeFront(folder, front)),
    close() {
      watch.stop();
      kept.close();
      journal.close();
      lock.release();
    },
  };
}

const lookEveryMs = 1000;

/** Keeps a lock alive while nothing is written. */
function watchLock({ check }: Lock): { readonly signal: AbortSignal; stop(): void } {
  const lost = new AbortController();
  const timer = setInterval(() => {
    try {
      check();
    } catch (error) {
      clearInterval(timer);
      lost.abort(error);
    }
  }, lookEveryMs).unref();
  return { signal: lost.signal, stop: () => clearInterval(timer) };
}
