/** A board that is reached by ssh: a Raspberry Pi, an i.MX. Keys and ports are those of the user's own configuration. */
import { MixnasError, readBytes, shellWord, sizeLimits } from '../../base/index.js';
import { execute } from './execute.js';
import { faultOf, otherFault } from './faults.js';
import { readMark, withMark } from './marked.js';
import { DeviceLost, type DevicePort, type RunOptions } from './port.js';

/** In the home folder of the user who logs in. */
const folder = 'mixnas-measure';

/** Never asks, as nobody answers; finds out within a minute that the board is gone. */
const options = [
  '-o',
  'BatchMode=yes',
  '-o',
  'ConnectTimeout=15',
  '-o',
  'ServerAliveInterval=15',
  '-o',
  'ServerAliveCountMax=3',
];

/** ssh's own failures; a command's are its own code. */
const sshFailed = 255;

/** @throws MixnasError `bad-usage` for what ssh would take for an option, `failed` when the board does not answer. */
export async function openSsh(host: string, signal?: AbortSignal): Promise<DevicePort> {
  if (!/^(?:[\w.-]+@)?[\w[][\w.:%\]-]*$/.test(host) || host.startsWith('-')) {
    throw new MixnasError('bad-usage', `--ssh ${host} is not a host.`, {
      remedy: 'Write it as in --ssh pi@raspberrypi, or a name of ~/.ssh/config.',
    });
  }
  const port = portOf(host);
  await port.shell('true', { signal, timeoutMs: 60_000 });
  return port;
}

function portOf(host: string): DevicePort {
  const name = `board ${host}`;
  const run = async (script: string, more: RunOptions & { readonly input?: Uint8Array }) => {
    const ran = await execute('ssh', [...options, '--', host, withMark(script)], more);
    const ended = readMark(ran.stdout);
    if (ended !== undefined) return { ...ended, stderr: ran.stderr };
    const fault = faultOf(name, { stdout: '', stderr: ran.stderr });
    if (fault !== undefined) throw fault;
    if (ran.code === sshFailed) throw otherFault('ssh', name, ran);
    throw new DeviceLost('failed', `The connection to the ${name} broke.`, {
      remedy: 'Check the network, and give the same command again: what was measured is kept.',
    });
  };
  return {
    name,
    folder,
    async isThere(signal) {
      try {
        await run('true', { ...(signal && { signal }), timeoutMs: 60_000 });
        return true;
      } catch (error) {
        if (error instanceof DeviceLost) return false;
        throw error;
      }
    },
    shell: (script, more = {}) => run(script, more),
    async push(local, remote, more = {}) {
      // Through the same program as everything else: a board may have no sftp server.
      const input = readBytes(local, 'bad-usage', { limit: sizeLimits.weights });
      const ran = await run(`cat > ${shellWord(remote)}`, { ...more, input });
      if (ran.code !== 0) throw faultOf(name, ran) ?? otherFault('ssh', name, ran);
    },
  };
}
