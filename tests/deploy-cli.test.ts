/** `split`, `export` and `predict --explain` as they are typed. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerOf, runCli } from './support/run-cli.js';
import { temporaryFolder } from './support/searching.js';

const link = ['--bandwidth', '20Mbps', '--rtt', '30ms'];

test('split prices every cut, as JSON and for a person', async () => {
  const args = ['split', 'mixnet-s', '--profile', 'mali-g76', '--server', '4', ...link];
  const answer = answerOf(await runCli(...args, '--json')) as { readonly cuts: readonly object[] };
  expect(answer.cuts.length).toBeGreaterThan(50);
  const { code, stdout } = await runCli(...args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/mali-g76/);
  expect(
    await runCli('split', 'mixnet-s', '--profile', 'mali-g76', '--server', '4', '--bandwidth', 'fast'),
  ).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('fast'),
  });
});

test('predict --explain says what borders between groups cost, as JSON and for a person', async () => {
  const args = ['predict', 'mixnet-s', '--profile', 'ethos-u65', '--explain'];
  const answer = answerOf(await runCli(...args, '--json'));
  expect(JSON.stringify(answer)).toMatch(/ethos-u65/);
  const { code, stdout } = await runCli(...args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/NHWC|aligned/);
});

test('export writes a layer graph without a runtime, and refuses options that do not go together', async () => {
  const out = join(temporaryFolder(), 'out');
  const { code, stderr } = await runCli(
    'export',
    'mixnet-s',
    '--format',
    'graph',
    '--no-check',
    '--out',
    out,
  );
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(await runCli('export', 'mixnet-s', '--format', 'graph', '--int8', '--out', out)).toMatchObject({
    code: 2,
  });
});

test('a worker without a Redis says which variable is missing', async () => {
  expect(await runCli('worker', '--redis', 'MIXNAS_NO_SUCH_VARIABLE')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('MIXNAS_NO_SUCH_VARIABLE is not set'),
  });
});
