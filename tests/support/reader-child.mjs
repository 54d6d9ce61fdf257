/** Runs commands of the built program, one after another, for tests that need thousands: a line in, a line out. */
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { main } from '../../dist/cli/index.js';

function catcher() {
  const stream = Object.assign(new PassThrough(), { columns: 100 });
  let text = '';
  stream.on('data', (chunk) => (text = `${text}${chunk}`.slice(0, 100_000)));
  return { stream, text: () => text };
}

for await (const line of createInterface({ input: process.stdin })) {
  const out = catcher();
  const error = catcher();
  const before = process.cpuUsage();
  const code = await main(JSON.parse(line), {
    stdin: process.stdin,
    stdout: out.stream,
    stderr: error.stream,
    env: {},
  });
  const { user, system } = process.cpuUsage(before);
  globalThis.gc?.();
  process.stdout.write(`@@${JSON.stringify({ code, stderr: error.text(), cpu: (user + system) / 1e6 })}\n`);
}
