/** The Python that has PyTorch and our package for it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { MixnasError, packageRoot } from '../../../base/index.js';

const probeSchema = z.object({
  torch: z.string(),
  cuda: z.string().nullable(),
  gpus: z.array(z.string()),
  mps: z.boolean(),
});

/** What Python's PyTorch says of itself. */
export type TorchProbe = z.output<typeof probeSchema>;

/** Where our package is found when it is not installed: beside ours. */
export const pythonPath = (): string =>
  [join(packageRoot(), 'python'), process.env['PYTHONPATH']].filter(Boolean).join(':');

/**
 * Asks a Python for its PyTorch; a few seconds.
 * @throws MixnasError `bad-config` that says what is missing: Python, torch, safetensors, numpy or pillow.
 */
export function probeTorch(python: string): TorchProbe {
  const asked = spawnSync(python, ['-m', 'mixnas_torch', 'probe'], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: pythonPath() },
    timeout: 120_000,
    maxBuffer: 1 << 20,
  });
  const last = asked.stderr?.trim().split('\n').at(-1) ?? '';
  if (asked.status === 0) {
    try {
      return probeSchema.parse(JSON.parse(asked.stdout));
    } catch {
      // Said below: what came is no answer.
    }
  }
  const why = asked.error
    ? `it does not start (${asked.error.message})`
    : last || `exit code ${asked.status}`;
  throw new MixnasError('bad-config', `evaluator.python: ${python} has no PyTorch that works: ${why}.`, {
    remedy: `Install it with \`${python} -m pip install ${join(packageRoot(), 'python')}\`, or name another Python as \`evaluator.python\`.`,
  });
}
