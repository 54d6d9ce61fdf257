/** The parts of a run folder are what they claim to be, or nothing is touched. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MixnasError } from '../base/index.js';
import { createRun, resumeRun } from './run-writer.js';
import { contents, inTemporaryFolder, session, trialLines } from './test-helpers/small-run.js';
import { readRun } from './view.js';

function makeRun(root: string): string {
  const run = createRun(root, 'a', contents);
  run.append(session);
  for (const line of trialLines(0, 0.5, 5)) run.append(line);
  run.close();
  return run.folder;
}

/** A folder of somebody else's, and what is in it and beneath. */
function elsewhere(root: string): { folder: string; file: string; state: () => unknown } {
  const folder = join(root, 'elsewhere');
  const file = join(folder, '3.safetensors');
  mkdirSync(join(folder, '3-10', 'inner'), { recursive: true });
  writeFileSync(join(folder, '3-10', 'inner', 'precious'), 'precious');
  writeFileSync(file, 'my secret text');
  const state = () => [
    readdirSync(folder, { recursive: true }).toSorted(),
    readFileSync(file, 'utf8'),
    readFileSync(join(folder, '3-10', 'inner', 'precious'), 'utf8'),
  ];
  return { folder, file, state };
}

function failureOf(action: () => unknown): MixnasError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(MixnasError);
    return error as MixnasError;
  }
  throw new Error('it was not refused');
}

/** Everything that a search does with the files of its run. */
function useAll(folder: string): void {
  const { writer } = resumeRun(folder);
  try {
    writer.keepWeights(new Set());
    writer.keepCheckpoints(new Set());
    writer.removeWeights(3);
    writer.removeCheckpoint(writer.checkpointPath(3, 10));
    writer.append(session);
  } finally {
    writer.close();
  }
}

test.each(['weights', 'checkpoints', 'profiles'])('%s that lead elsewhere are refused', (part) =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const other = elsewhere(root);
    const before = other.state();
    rmSync(join(folder, part), { recursive: true, force: true });
    symlinkSync(other.folder, join(folder, part));
    const error = failureOf(() => useAll(folder));
    expect(error.message).toBe(`${join(folder, part)} is a symbolic link, not a folder.`);
    expect(error.exitCode).toBe(2);
    expect(other.state()).toEqual(before);
  }),
);

const files = [
  'journal.jsonl',
  'manifest.json',
  'config.json',
  'space.json',
  'landmarks.json',
  'warm-start.json',
  'control.jsonl',
  'lock',
  'profiles/phone.json',
];

test.each(files)('%s that leads elsewhere is refused, and not quoted', (part) =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const other = elsewhere(root);
    const before = other.state();
    rmSync(join(folder, part), { force: true });
    symlinkSync(other.file, join(folder, part));
    const error = failureOf(() => useAll(folder));
    expect(error.message).toBe(`${join(folder, part)} is a symbolic link, not a regular file.`);
    expect(`${error.message}${error.remedy}`).not.toContain('secret');
    expect(other.state()).toEqual(before);
  }),
);

test.each(files)('%s that is a folder, or a pipe without an end, is one sentence', (part) =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    rmSync(join(folder, part), { force: true });
    mkdirSync(join(folder, part));
    expect(failureOf(() => useAll(folder)).message).toMatch(/ is a folder, not a regular file\.$/);
    rmSync(join(folder, part), { recursive: true });
    execFileSync('mkfifo', [join(folder, part)]);
    expect(failureOf(() => useAll(folder)).message).toMatch(/ is a named pipe, not a regular file\.$/);
  }),
);

test('a file of a run that is broken is refused without its text', () =>
  inTemporaryFolder((root) => {
    for (const part of ['manifest.json', 'config.json', 'space.json', 'landmarks.json']) {
      const folder = makeRun(join(root, part));
      writeFileSync(join(folder, part), '{\n"a": 1,\nroot:secret:0');
      expect(failureOf(() => readRun(folder)).message).toBe(`${join(folder, part)}: line 3: not JSON.`);
    }
  }));

test('weights that are missing are made, weights that are a file are refused', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const weights = join(folder, 'weights');
    rmSync(weights, { recursive: true });
    useAll(folder);
    expect(readdirSync(weights)).toEqual([]);
    rmSync(weights, { recursive: true });
    writeFileSync(weights, 'not a folder');
    expect(failureOf(() => useAll(folder)).message).toBe(`${weights} is a file, not a folder.`);
    expect(readFileSync(weights, 'utf8')).toBe('not a folder');
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  }));

test('only files whose names a search gives are deleted', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const other = elsewhere(root);
    const before = other.state();
    const { writer } = resumeRun(folder);
    writer.checkpointPath(3, 10);
    const mine = [
      'weights/notes.txt',
      'weights/best.safetensors',
      'checkpoints/notes',
      'weights/1.safetensors.bak',
    ];
    const ours = [
      'weights/1.safetensors',
      'weights/2.safetensors.77.tmp',
      'checkpoints/3-10',
      'checkpoints/4-10.9.tmp',
    ];
    for (const name of [...mine, ...ours]) writeFileSync(join(folder, name), name);
    symlinkSync(other.file, join(folder, 'weights/5.safetensors'));
    symlinkSync(join(other.folder, '3-10'), join(folder, 'checkpoints/5-10'));
    writer.keepWeights(new Set());
    writer.keepCheckpoints(new Set());
    writer.close();
    for (const name of mine) expect(readFileSync(join(folder, name), 'utf8')).toBe(name);
    for (const name of ours) expect(existsSync(join(folder, name))).toBe(false);
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual(['notes']);
    expect(other.state()).toEqual(before);
  }));

test('a journal that has another name elsewhere is not written to', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const journal = join(folder, 'journal.jsonl');
    linkSync(journal, join(root, 'mine'));
    for (const text of [readFileSync(journal, 'utf8'), 'a torn line']) {
      writeFileSync(journal, text);
      expect(failureOf(() => useAll(folder)).message).toMatch(/is a hard link/);
      expect(readFileSync(join(root, 'mine'), 'utf8')).toBe(text);
    }
  }));

test('a front is written in the place of a link, not where it leads', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    const other = elsewhere(root);
    const before = other.state();
    symlinkSync(other.file, join(folder, 'front.json'));
    symlinkSync(other.file, join(folder, `front.csv.${process.pid}.tmp`));
    const { writer } = resumeRun(folder);
    const front = { run: 'a', seed: 1, trials: 0, front: [], hypervolume: 0, seconds: 0 };
    writer.writeFront({ ...front, deploy: { resolution: 224, classes: 10 } });
    writer.close();
    expect(other.state()).toEqual(before);
    expect(JSON.parse(readFileSync(join(folder, 'front.json'), 'utf8'))).toMatchObject(front);
  }));

test('the run folder itself may be a link: it is the one that was named', () =>
  inTemporaryFolder((root) => {
    const folder = makeRun(root);
    renameSync(folder, join(root, 'disk'));
    symlinkSync(join(root, 'disk'), folder);
    useAll(folder);
    expect(readRun(folder).sessions).toHaveLength(2);
  }));
