/** An Android phone on a cable or in the network, by Android's `adb`. */
import { MixnasError } from '../../base/index.js';
import { execute } from './execute.js';
import { faultOf, otherFault } from './faults.js';
import { readMark, withMark } from './marked.js';
import { DeviceLost, type DevicePort, type Ran, type RunOptions } from './port.js';

/** The only folder of a phone in which adb's user may write and run programs. */
const folder = '/data/local/tmp/mixnas';

interface Listed {
  readonly serial: string;
  /** `device` where it is ready. */
  readonly state: string;
}

/** What `adb devices` lists: a serial, a tab, a state that may have several words. */
export function listedDevices(stdout: string): Listed[] {
  return stdout
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.includes('\t'))
    .map((line) => {
      const [serial = '', state = ''] = line.split('\t');
      return { serial: serial.trim(), state: state.trim() };
    });
}

async function devices(signal?: AbortSignal): Promise<Listed[]> {
  const ran = await execute('adb', ['devices'], { signal, timeoutMs: 60_000 });
  if (ran.code === 0) return listedDevices(ran.stdout);
  throw faultOf('phone', ran) ?? otherFault('adb', 'phone', ran);
}

/** @throws MixnasError `failed` for a phone in a state in which it takes no commands. */
function checkState({ serial, state }: Listed): void {
  if (state === 'device') return;
  const fault = faultOf(`phone ${serial}`, { stdout: '', stderr: state });
  throw (
    fault ??
    new MixnasError('failed', `The phone ${serial} is in the state "${state}", not running Android.`, {
      remedy: 'Start Android on it, unlock it, and give the same command again.',
    })
  );
}

/**
 * Chooses a phone.
 * @param serial where several are connected, as `adb devices` names it.
 * @throws MixnasError `no-backend` without adb, `bad-usage` where the choice is not clear, `failed` for a phone that
 *   is not ready.
 */
export async function openAdb(serial?: string, signal?: AbortSignal): Promise<DevicePort> {
  const listed = await devices(signal);
  const names = listed.map((device) => device.serial).join(', ');
  if (listed.length === 0) {
    throw new MixnasError('failed', 'adb sees no phone.', {
      remedy: 'Plug it in, switch on USB debugging in its developer options, and look at `adb devices`.',
    });
  }
  const found = serial === undefined ? listed : listed.filter((device) => device.serial === serial);
  const [device, second] = found;
  if (device === undefined) {
    throw new MixnasError('bad-usage', `adb sees no phone ${serial}.`, { remedy: `It sees ${names}.` });
  }
  if (second !== undefined) {
    throw new MixnasError('bad-usage', `adb sees ${listed.length} phones: ${names}.`, {
      remedy: `Say which one: --adb ${device.serial}.`,
    });
  }
  checkState(device);
  return portOf(device.serial);
}

function portOf(serial: string): DevicePort {
  const name = `phone ${serial}`;
  const adb = (args: readonly string[], options: RunOptions) =>
    execute('adb', ['-s', serial, ...args], options);
  const failure = (ran: Ran) => faultOf(name, ran) ?? otherFault('adb', name, ran);
  return {
    name,
    folder,
    async isThere(signal) {
      const own = (await devices(signal)).find((device) => device.serial === serial);
      if (own === undefined || own.state === 'offline') return false;
      checkState(own);
      return true;
    },
    async shell(script, options = {}) {
      const ran = await adb(['shell', withMark(script)], options);
      const ended = readMark(ran.stdout);
      if (ended !== undefined) return { ...ended, stderr: ran.stderr };
      // Without the mark the script was cut off, whatever adb says of it.
      throw faultOf(name, { stdout: '', stderr: ran.stderr }) ?? lost(name);
    },
    async push(local, remote, options = {}) {
      const ran = await adb(['push', local, remote], options);
      if (ran.code !== 0) throw failure(ran);
    },
  };
}

const lost = (name: string) =>
  new DeviceLost('failed', `The connection to the ${name} broke.`, {
    remedy: 'Check the cable, and give the same command again: what was measured is kept.',
  });
