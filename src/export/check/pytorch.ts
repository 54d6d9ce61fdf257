/** PyTorch, where the Python of this machine has it: a program of ours is run with its weights. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MixnasError, defaultPython, messageOf, readBytes, sizeLimits } from '../../base/index.js';
import { mapOf } from './onnxruntime.js';

const run = promisify(execFile);
const script = `import sys
import torch
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from model import load
torch.set_num_threads(1)
shape = [int(size) for size in sys.argv[2].split("x")]
data = bytearray(open(sys.argv[1] + "/images", "rb").read())
images = torch.frombuffer(data, dtype=torch.float32).reshape(shape)
network = load()
with torch.no_grad():
    logits = torch.cat([network(part) for part in images.split(50)])
open(sys.argv[1] + "/logits", "wb").write(bytes(logits.contiguous().view(torch.uint8).flatten().tolist()))
`;

export interface PytorchRuntime {
  readonly name: string;
  /** The logits of a program for images with their channels last. */
  logits(
    files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
    images: readonly Float32Array[],
    size: { readonly resolution: number; readonly channels: number },
  ): Promise<Float32Array[]>;
}

/** PyTorch; undefined where Python or torch is missing. */
export async function loadPytorch(): Promise<PytorchRuntime | undefined> {
  let version: string;
  try {
    const asked = await run(defaultPython(), ['-c', 'import torch; print(torch.__version__)'], {
      timeout: 120_000,
    });
    version = asked.stdout.trim();
  } catch {
    return undefined;
  }
  return {
    name: `PyTorch ${version}`,
    async logits(files, images, { resolution, channels }) {
      const folder = mkdtempSync(join(tmpdir(), 'mixnas-pytorch-'));
      try {
        for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
        const maps = images.map((image) => Buffer.from(mapOf(image, channels, resolution ** 2).buffer));
        writeFileSync(join(folder, 'images'), Buffer.concat(maps));
        const shape = [images.length, channels, resolution, resolution].join('x');
        await run(defaultPython(), ['-c', script, folder, shape], { timeout: 1_800_000 });
        const bytes = readBytes(join(folder, 'logits'), 'failed', { limit: sizeLimits.weights });
        const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        const classes = all.length / images.length;
        return images.map((_, i) => all.slice(i * classes, (i + 1) * classes));
      } catch (error) {
        const said = messageOf(error).trim().split('\n').at(-1) ?? '';
        throw new MixnasError('evaluation-failed', `PyTorch refuses the program: ${said}`, { cause: error });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
