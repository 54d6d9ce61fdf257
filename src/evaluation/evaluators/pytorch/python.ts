/** The Python that has PyTorch and our package for it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { MixnasError, packageRoot } from '../../../base/index.js';

const probeSchema = z.object({
  python: z.string(),
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

/** Asks a Python for its PyTorch; a few seconds. Returns what is missing where it cannot say: Python, torch, numpy, ... */
export function askTorch(python: string): TorchProbe | { readonly missing: string } {
  const asked = spawnSync(python, ['-m', 'mixnas_torch', 'probe'], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: pythonPath() },
    timeout: 120_000,
    maxBuffer: 1 << 20,
  });
  if (asked.error) return { missing: `it does not start (${asked.error.message})` };
  const last = asked.stderr.trim().split('\n').at(-1) || `exit code ${asked.status}`;
  try {
    return asked.status === 0 ? probeSchema.parse(JSON.parse(asked.stdout)) : { missing: last };
  } catch {
    return { missing: 'what it prints is no answer' };
  }
}

/** What installs what the package in `python/` needs. */
export const torchRemedy = (python: string): string =>
  `${python} -m pip install ${join(packageRoot(), 'python')}`;

/**
 * What a Python's PyTorch says of itself, which has the device that is asked for.
 * @throws MixnasError `bad-config` that says what is missing: Python, torch, safetensors, numpy, pillow or the device.
 */
export function probeTorch(python: string, device: string): TorchProbe {
  const answer = askTorch(python);
  if (!('missing' in answer)) {
    requireDevice(answer, python, device);
    return answer;
  }
  throw new MixnasError(
    'bad-config',
    `evaluator.python: ${python} has no PyTorch that works: ${answer.missing}.`,
    {
      remedy: `Install it with \`${torchRemedy(python)}\`, or name another Python as \`evaluator.python\`, for a worker by \`--python\`.`,
    },
  );
}

/** @throws MixnasError `bad-config` where there is no GPU for a device that is one. */
function requireDevice({ torch, cuda, gpus, mps }: TorchProbe, python: string, device: string): void {
  const isThere = device.startsWith('cuda') ? gpus.length > 0 : device !== 'mps' || mps;
  if (isThere) return;
  const build = cuda === null ? 'built without CUDA' : `for CUDA ${cuda}`;
  throw new MixnasError(
    'bad-config',
    `evaluator.device: PyTorch ${torch} of ${python}, ${build}, sees no GPU for ${device}.`,
    { remedy: 'Install the PyTorch for this GPU and its driver, or say `device: cpu`.' },
  );
}
