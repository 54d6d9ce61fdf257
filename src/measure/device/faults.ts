/** What adb and ssh say when something is wrong, in one sentence each with what to do. */
import { MixnasError } from '../../base/index.js';
import { DeviceLost, type Ran } from './port.js';

interface Fault {
  /** What the program prints. */
  readonly pattern: RegExp;
  readonly code: 'failed' | 'no-space' | 'bad-usage';
  readonly sentence: (name: string, match: RegExpExecArray) => string;
  readonly remedy: string;
  /** The device may come back by itself. */
  readonly lost?: true;
}

const again = 'give the same command again: what was measured is kept.';

const faults: readonly Fault[] = [
  {
    pattern: /device unauthorized|\bunauthorized\b/i,
    code: 'failed',
    sentence: (name) => `The ${name} does not allow this computer to use it.`,
    remedy:
      'Unlock its screen and accept "Allow USB debugging"; where it does not ask, revoke USB debugging authorizations in its developer options.',
  },
  {
    pattern: /no permissions/i,
    code: 'failed',
    sentence: (name) => `This user may not open the USB connection of the ${name}.`,
    remedy:
      'Install the udev rules (apt-get install android-sdk-platform-tools-common), join the group plugdev, and plug it in again.',
  },
  {
    pattern: /device offline|\boffline\b/i,
    code: 'failed',
    sentence: (name) => `The ${name} is offline: it is connected but does not answer.`,
    remedy: `Plug it in again or run \`adb reconnect offline\`, and ${again}`,
    lost: true,
  },
  {
    pattern:
      /device (?:'[^']*' )?not found|no devices\/emulators found|device still connecting|error: closed|protocol fault|connection reset|broken pipe|closed by remote host|connection to \S+ closed|client_loop|timeout, server \S+ not responding|kex_exchange_identification/i,
    code: 'failed',
    sentence: (name) => `The connection to the ${name} broke.`,
    remedy: `Check the cable or the network, and ${again}`,
    lost: true,
  },
  {
    pattern: /cannot connect to daemon|failed to start daemon|cannot bind/i,
    code: 'failed',
    sentence: () => 'The adb server does not start on this machine.',
    remedy: 'Run `adb kill-server`, then `adb start-server`, and read what it says.',
  },
  {
    pattern: /could not resolve hostname ([^\s:]+)/i,
    code: 'bad-usage',
    sentence: (_, match) => `There is no host ${match[1]}.`,
    remedy: 'Check the name that you gave with --ssh, or use its address.',
  },
  {
    pattern: /host key verification failed|remote host identification has changed/i,
    code: 'failed',
    sentence: (name) => `The key of the ${name} is not known, or has changed.`,
    remedy: 'Log in once with ssh by hand to accept it, after checking that it is the right one.',
  },
  {
    pattern: /permission denied \((?:publickey|password|keyboard|gssapi|hostbased)/i,
    code: 'failed',
    sentence: (name) => `The ${name} does not let this user in without a password.`,
    remedy: 'Copy your key there (ssh-copy-id), or load it into the agent (ssh-add).',
  },
  {
    pattern: /connection refused/i,
    code: 'failed',
    sentence: (name) => `Nothing listens for ssh on the ${name}.`,
    remedy: 'Start the ssh server there, or give the port in ~/.ssh/config.',
  },
  {
    pattern: /connection timed out|operation timed out|no route to host|network is unreachable/i,
    code: 'failed',
    sentence: (name) => `The ${name} cannot be reached.`,
    remedy: `Check that it is on and in this network, and ${again}`,
    lost: true,
  },
  {
    pattern: /no space left on device|not enough space|disk quota exceeded/i,
    code: 'no-space',
    sentence: (name) => `There is no space left on the ${name}.`,
    remedy: `Free some there, and ${again}`,
  },
  {
    pattern: /read-only file system|permission denied/i,
    code: 'failed',
    sentence: (name) => `The ${name} does not let us write into its folder for measuring.`,
    remedy: 'Make that folder writable for the user that logs in.',
  },
];

/** The fault of a connection; undefined where its program says none that is known. */
export function faultOf(
  name: string,
  { stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>,
): MixnasError | undefined {
  const text = `${stderr}\n${stdout}`;
  for (const { pattern, code, sentence, remedy, lost } of faults) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const Kind = lost ? DeviceLost : MixnasError;
    return new Kind(code, sentence(name, match), { remedy });
  }
  return undefined;
}

/** A fault that nobody described yet: the last line that the program printed. */
export function otherFault(program: string, name: string, { code, stdout, stderr }: Ran): MixnasError {
  const said = (stderr.trim() || stdout.trim()).split('\n').at(-1)?.trim() ?? '';
  return new MixnasError(
    'failed',
    `${program} failed with code ${code} on the ${name}: ${said || 'it says nothing'}.`,
    {
      remedy: `Try the same by hand with ${program}, and give this command again: what was measured is kept.`,
    },
  );
}
