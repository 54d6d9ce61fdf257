import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../../base/index.js';
import { referenceArchitecture } from '../../../models/index.js';
import { createCommandEvaluator } from './command.js';
import type { EvaluationProgress } from '../../evaluator.js';
import { createLocalExecutor } from '../../executors/index.js';
import { evaluatorSchema } from '../index.js';
import type { CommandSpec } from './schema.js';

const architecture = referenceArchitecture('mixnet-s');
const specOf = (more: object) => evaluatorSchema.parse({ name: 'command', ...more }) as CommandSpec;
/** A program of one line of JavaScript. */
const node = (code: string, more: object = {}) =>
  specOf({ command: [process.execPath, '-e', code], ...more });
const run = (spec: CommandSpec, onProgress: (p: EvaluationProgress) => void = () => {}) =>
  createCommandEvaluator(spec).evaluate({ trial: 3, architecture, seed: 's/3' }, onProgress);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a command as evaluator', () => {
  test('receives the architecture, and reports its curve and its result', async () => {
    const seen = join(temporaryFolder(), 'seen.json');
    const points: EvaluationProgress[] = [];
    const outcome = await run(
      node(
        `const text = require('fs').readFileSync(0, 'utf8'); require('fs').writeFileSync(${JSON.stringify(seen)}, text);
         console.log('{"step":1,"loss":2}'); console.log(''); console.log('{"step":2,"loss":1,"accuracy":0.5,"lr":3}');
         console.log('{"accuracy":0.75,"energyMj":3}')`,
        { metrics: ['energyMj'], steps: 2 },
      ),
      (point) => points.push(point),
    );
    expect(outcome).toMatchObject({
      state: 'complete',
      values: { accuracy: 0.75, energyMj: 3 },
      curve: [
        { step: 1, loss: 2 },
        { step: 2, loss: 1, accuracy: 0.5 },
      ],
    });
    expect(points).toHaveLength(2);
    const request = JSON.parse(readFileSync(seen, 'utf8')) as { architecture: unknown };
    expect(request).toMatchObject({ trial: 3, seed: 's/3', steps: 2, from: 0, until: 2 });
    expect(request.architecture).toEqual(JSON.parse(JSON.stringify(architecture)));
  });

  test.each<[string, CommandSpec, RegExp]>([
    [
      'an exit code',
      node('console.error("one");console.error("no GPU left");process.exit(3)'),
      /exit code 3: no GPU left$/,
    ],
    [
      'a signal',
      node('process.kill(process.pid, "SIGTERM");setTimeout(()=>{}, 9999)'),
      /ended from outside by SIGTERM/,
    ],
    ['no result', node(''), /without a result/],
    ['only a curve', node('console.log(`{"step":1,"loss":1}`)'), /without a result/],
    ['text that is no JSON', node('console.log("Epoch 1/3")'), /`Epoch 1\/3` is no JSON/],
    ['a result without accuracy', node('console.log("{}")'), /output is wrong: its result: `accuracy`/],
    ['an accuracy in percent', node('console.log(`{"accuracy":71}`)'), /`accuracy`: too big/],
    ['an accuracy that is null', node('console.log(`{"accuracy":null}`)'), /`accuracy`/],
    ['a metric that is missing', node('console.log(`{"accuracy":0.5}`)', { metrics: ['mj'] }), /`mj`/],
    ['two results', node('console.log(`{"accuracy":0.5}\\n{"accuracy":0.6}`)'), /more after its result/],
    ['a failure that it reports', node('console.log(`{"failed":"it diverged"}`)'), /^it diverged$/],
    ['a time-out', node('setTimeout(()=>{}, 60000)', { timeoutSeconds: 0.3 }), /longer than 0.3 s/],
    ['a shell that knows no such program', specOf({ command: 'no-such-program-anywhere' }), /exit code 127/],
  ])('%s is a failed trial with its reason', async (_, spec, reason) => {
    const outcome = await run(spec);
    expect(outcome).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
  });

  test('a program that is not there is said at once', () => {
    expect(() => createCommandEvaluator(specOf({ command: ['no-such-program-anywhere'] }))).toThrow(
      /no program no-such-program-anywhere/,
    );
    expect(() => createCommandEvaluator(specOf({ command: ['./no/such/file'] }))).toThrow(/no\/such\/file/);
  });

  test('closing ends what runs, and what that has started', async () => {
    // What lives holds its end of a connection.
    const path = join(temporaryFolder(), 'alive');
    const server = createServer().listen(path);
    onTestFinished(() => void server.close());
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const child = `require('net').connect(${JSON.stringify(path)})`;
    const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' })`;
    const executor = createLocalExecutor(createCommandEvaluator(node(parent)), 2);
    const outcome = executor.run({ trial: 0, architecture, seed: 's' });
    const [connection] = await connected;
    onTestFinished(() => void connection.destroy());
    const gone = once(connection.resume(), 'close');
    expect(connection.closed).toBe(false);
    await executor.close();
    expect(await outcome).toMatchObject({ state: 'interrupted' });
    await gone;
  });

  test('the example in two parts gives what it gives in one', async () => {
    const folder = temporaryFolder();
    const program = join(packageRoot(), 'examples/04-own-evaluator-program.mjs');
    const spec = specOf({ command: [process.execPath, program] });
    const evaluator = createCommandEvaluator(spec);
    const job = { trial: 0, architecture, seed: 's' };
    const whole = await evaluator.evaluate(job, () => {});
    const save = join(folder, 'state');
    const first = await evaluator.evaluate({ ...job, part: { from: 0, until: 30, save } }, () => {});
    const second = await evaluator.evaluate({ ...job, part: { from: 30, until: 100, load: save } }, () => {});
    expect([whole.state, first.state, second.state]).toEqual(['complete', 'complete', 'complete']);
    if (whole.state !== 'complete' || second.state !== 'complete' || first.state !== 'complete') return;
    expect(second.values).toEqual(whole.values);
    expect(second.curve[0]?.step).toBe(40);
    expect([...first.curve, ...second.curve]).toEqual(whole.curve);
  });
});
