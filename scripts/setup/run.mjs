/** Running other programs: output kept, time limited, npm as the user configured it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Runs a program to its end.
 * @param {string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, minutes?: number }} options
 * @returns {{ ok: boolean, output: string, signal: string | null }}
 */
export function run([program, ...args], { cwd, env = process.env, minutes = 1 } = {}) {
  const done = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: minutes * 60_000,
    killSignal: 'SIGKILL',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}${done.error ? `${done.error.message}\n` : ''}`;
  return { ok: done.status === 0, output, signal: done.signal };
}

/**
 * Of npm's own settings only those that say where packages come from: the others (`--global`, `--omit`,
 * `--prefix`, ...) belong to the install we are part of and would redirect the one we start.
 */
const inherited =
  /^npm_config_(registry|.+:registry|\/\/.*|userconfig|globalconfig|cache|proxy|https?_proxy|noproxy|ca|cafile|cert|key|strict_ssl|offline|prefer_offline|fetch_.*|nodedir|node_gyp|python)$/i;

/** The environment for npm, pip and the compiler, started from within an npm script. */
export function childEnvironment() {
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_/i.test(name) || inherited.test(name)) env[name] = value;
  }
  // Node's headers mostly lie next to it; without this node-gyp would download them.
  const prefix = dirname(dirname(process.execPath));
  if (!env.npm_config_nodedir && existsSync(join(prefix, 'include', 'node', 'node_api.h'))) {
    env.npm_config_nodedir = prefix;
  }
  return env;
}

/** The npm that runs this install, or the one on the path when it is another package manager. */
export function npmCommand() {
  const path = process.env.npm_execpath ?? '';
  return /npm-cli\.[cm]?js$/.test(path) ? [process.execPath, path] : ['npm'];
}
