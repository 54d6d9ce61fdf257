/** Runs a program of this machine without a shell, so that no argument is read as anything else. */
import { execFile } from 'node:child_process';
import { MixnasError } from '../../base/index.js';
import type { Ran, RunOptions } from './port.js';

/** More output than this is no answer to anything that we ask. */
const mostOutput = 64 * 2 ** 20;
const patienceMs = 15 * 60_000;

/**
 * @param input what it reads.
 * @throws MixnasError `no-backend` when there is no such program, `failed` when it does not end; or the signal's reason.
 */
export function execute(
  program: string,
  args: readonly string[],
  { timeoutMs = patienceMs, signal, input }: RunOptions & { readonly input?: Uint8Array | undefined } = {},
): Promise<Ran> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: mostOutput, timeout: timeoutMs, ...(signal && { signal }) };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      if (error === null) return resolve({ code: 0, stdout, stderr });
      if (error.code === 'ENOENT') return reject(missing(program));
      if (typeof error.code === 'number') return resolve({ code: error.code, stdout, stderr });
      if (error.killed) return reject(tooLong(program, args, timeoutMs));
      // A signal from elsewhere: as a shell counts it.
      resolve({ code: 137, stdout, stderr });
    });
    // It may end before it has read everything; how it ended says more than the broken pipe.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

const packages: Readonly<Record<string, string>> = {
  adb: "Install Android's platform-tools (apt-get install adb, or from developer.android.com), so that `adb devices` runs.",
  ssh: 'Install an OpenSSH client (apt-get install openssh-client).',
};

function missing(program: string): MixnasError {
  return new MixnasError('no-backend', `There is no program ${program} on the PATH.`, {
    remedy: packages[program] ?? `Install ${program}.`,
  });
}

function tooLong(program: string, args: readonly string[], ms: number): MixnasError {
  const what = args.slice(0, 3).join(' ');
  return new MixnasError('failed', `${program} ${what} ... did not end within ${Math.round(ms / 1000)} s.`, {
    remedy: 'Restart the device, and give the same command again: it continues where it was.',
  });
}
