/**
 * Child processes of our own modules: run from `dist` by node as it is, from `src` through tsx, and pinned to
 * one core where the system has `taskset`, because one process on a core beats one process on both.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { packageRoot } from './paths.js';

let taskset: boolean | undefined;

/** Whether processes can be pinned to a core here (Linux with util-linux). */
export function canPin(): boolean {
  taskset ??=
    process.platform === 'linux' && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;
  return taskset;
}

export interface ChildOptions {
  /** The core to stay on; without it, or without `taskset`, the system chooses. */
  readonly core?: number;
  readonly args?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: SpawnOptions['stdio'];
  /** Gives it a session of its own: signals from the terminal go to this process only. */
  readonly detached?: boolean;
  /** Works in the background: whoever sits at the machine, and the dashboard, come first. */
  readonly background?: boolean;
}

/** How node runs a module of ours, by its path: as it is, or from `src` through tsx. */
function commandOf(path: string): string[] {
  if (!import.meta.url.endsWith('.ts')) return [path];
  const source = join(packageRoot(), 'src');
  // The tests have built before; the build starts in half the time.
  if (process.env['MIXNAS_CHILDREN'] === 'dist' && path.startsWith(source)) {
    return [join(packageRoot(), 'dist', relative(source, path))];
  }
  return ['--import', import.meta.resolve('tsx'), path.replace(/\.js$/, '.ts')];
}

/** Starts a module (a `file:` URL) in a thread of this process. */
export function startThread(module: URL): Worker {
  const path = commandOf(fileURLToPath(module)).at(-1) as string;
  if (!path.endsWith('.ts')) return new Worker(path, { execArgv: [] });
  // In a thread `--import tsx` does nothing where the process itself runs through tsx.
  const [tsx, own] = [import.meta.resolve('tsx/esm/api'), pathToFileURL(path).href].map((url) =>
    JSON.stringify(url),
  );
  const code = `import(${tsx}).then(({ register }) => (register(), import(${own})))`;
  return new Worker(code, { eval: true, execArgv: [] });
}

/**
 * Starts a module (a `file:` URL, as `new URL('./worker.js', import.meta.url)` makes) in a child process with an
 * IPC channel of structured clones.
 */
export function startModule(module: URL, options: ChildOptions = {}): ChildProcess {
  const node = [process.execPath, ...commandOf(fileURLToPath(module)), ...(options.args ?? [])];
  const pin = options.core !== undefined && canPin() ? ['taskset', '--cpu-list', String(options.core)] : [];
  const [command, ...args] = [...pin, ...node] as [string, ...string[]];
  const child = spawn(command, args, {
    stdio: options.stdio ?? ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    detached: options.detached ?? false,
    env: { ...process.env, ...options.env },
  });
  if (options.background && child.pid !== undefined) lower(child.pid);
  return child;
}

/** Gives a process that has just begun, with all that it will start, less of a busy machine. */
function lower(pid: number): void {
  try {
    const { PRIORITY_BELOW_NORMAL } = constants.priority;
    // One of a search that runs in the background already stays as low as it is.
    if (getPriority(pid) < PRIORITY_BELOW_NORMAL) setPriority(pid, PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended, or the system has no priorities: then it runs as it does.
  }
}
