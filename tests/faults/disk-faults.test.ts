/** A disk that is full, becomes read-only or moves while a run is written: nothing finished is lost. */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resume } from '../../src/app/index.js';
import { messageOf } from '../../src/base/index.js';
import { readRun } from '../../src/runs/index.js';
import { FaultyFleet, finishedIn, trials, until, wholeIn } from '../support/faults.js';
import { withoutRedis } from '../support/redis.js';

/** Root mounts; others by sudo where it asks for no password. */
const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
const system = (...command: string[]): void => {
  const [program, ...args] = [...asRoot, ...command] as [string, ...string[]];
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** A file system of its own in a file, made to be read-only by an error, as that of a dying disk. */
function disk(): {
  readonly at: string;
  mount(): void;
  unmount(): void;
  /** An error makes it read-only. */
  breakIt(): void;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-disk-'));
  const [image, at] = [join(folder, 'image'), join(folder, 'at')];
  mkdirSync(at);
  writeFileSync(image, Buffer.alloc(16 << 20));
  execFileSync('mkfs.ext4', ['-q', '-m', '0', image]);
  const mount = () => system('mount', '-o', 'loop,errors=remount-ro', image, at);
  const unmount = () => system('umount', at);
  const remove = () => {
    try {
      system('umount', '-l', at);
    } catch {
      // It is not mounted.
    }
    rmSync(folder, { recursive: true });
  };
  try {
    mount();
    system('chmod', '777', at);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    at,
    mount() {
      spawnSync('e2fsck', ['-fy', image]);
      mount();
    },
    unmount,
    remove,
    breakIt() {
      const device = readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .find((line) => line.split(' ')[1] === at);
      const name = device?.split(' ')[0]?.split('/').at(-1);
      system('sh', '-c', `echo 1 > /sys/fs/ext4/${name}/trigger_fs_error`);
    },
  };
}

/** Why no file system can be made here; undefined where one can. */
const withoutDisk = ((): string | undefined => {
  try {
    disk().remove();
    return undefined;
  } catch (error) {
    return `no file system can be mounted here (${messageOf(error).split('\n')[0]})`;
  }
})();

describe.skipIf(withoutRedis !== undefined)(
  `faults of the disk${withoutRedis ? `: skipped, ${withoutRedis}` : ''}`,
  () => {
    const fleet = new FaultyFleet();

    /** A disk of its own for a test. */
    function newDisk() {
      const own = disk();
      onTestFinished(own.remove);
      return own;
    }

    test('the run folder is moved while it is written: where it is now, it continues', async () => {
      fleet.startWorker({ places: 2, ms: 60 });
      const folder = join(fleet.root, 'fleet-1');
      const coordinator = fleet.startCoordinator('new');
      const exit = once(coordinator, 'exit');
      await until(() => finishedIn(folder) >= 5);
      const moved = join(fleet.root, 'moved');
      renameSync(folder, moved);
      await exit;
      expect(coordinator.words.join('')).toMatch(/lock is gone|no such file|taken/);
      await resume(moved, { root: fleet.root });
      expect(wholeIn(moved)).toEqual(fleet.expected);
    });

    test('no file may grow any more, then may again: no finished trial is lost', async () => {
      fleet.startWorker({ places: 2, ms: 60 });
      const folder = join(fleet.root, 'fleet-1');
      const coordinator = fleet.startCoordinator('new');
      const exit = once(coordinator, 'exit');
      await until(() => finishedIn(folder) >= 5);
      // What is written next is cut off in the middle of a line.
      const room = statSync(join(folder, 'journal.jsonl')).size + 100;
      execFileSync('prlimit', ['--pid', String(coordinator.pid), `--fsize=${room}:`]);
      const [code] = await exit;
      expect(code).not.toBe(0);
      expect(finishedIn(folder)).toBeLessThan(trials);
      await resume(folder, { root: fleet.root });
      expect(wholeIn(folder)).toEqual(fleet.expected);
      expect(readRun(folder).problems).toEqual([]);
    });

    describe.skipIf(withoutDisk !== undefined)(
      `a disk of its own${withoutDisk ? `: skipped, ${withoutDisk}` : ''}`,
      () => {
        test('the disk is full, then has room again: the search says so and continues', async () => {
          const { at } = newDisk();
          fleet.startWorker({ places: 2, ms: 60 });
          const folder = join(at, 'fleet-1');
          const coordinator = fleet.startCoordinator('new', { root: at });
          const exit = once(coordinator, 'exit');
          await until(() => finishedIn(folder) >= 5);
          const ballast = join(at, 'ballast');
          spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k']); // until there is no block left
          const [code] = await exit;
          expect(code).not.toBe(0);
          expect(coordinator.words.join('')).toMatch(/no space|full/i);
          expect(finishedIn(folder)).toBeLessThan(trials);
          rmSync(ballast);
          const { complete } = await resume(folder, { root: at });
          expect(complete).toBe(trials);
          expect(wholeIn(folder)).toEqual(fleet.expected);
          expect(readRun(folder).problems).toEqual([]);
        });

        test('the disk becomes read-only, then is repaired: the search says so and continues', async () => {
          const { at, breakIt, mount, unmount } = newDisk();
          fleet.startWorker({ places: 2, ms: 60 });
          const folder = join(at, 'fleet-1');
          const coordinator = fleet.startCoordinator('new', { root: at });
          const exit = once(coordinator, 'exit');
          await until(() => finishedIn(folder) >= 5);
          breakIt();
          const [code] = await exit;
          expect(code).not.toBe(0);
          expect(coordinator.words.join('')).toMatch(/not writable|read-only/i);
          await expect(resume(folder, { root: at })).rejects.toThrow(/not writable|read-only/i);
          unmount();
          mount();
          // Lines of the last second may not have reached the disk: their trials are evaluated again, to the same end.
          expect(finishedIn(folder)).toBeLessThan(trials);
          const { complete } = await resume(folder, { root: at });
          expect(complete).toBe(trials);
          expect(wholeIn(folder)).toEqual(fleet.expected);
        });
      },
    );
  },
);
