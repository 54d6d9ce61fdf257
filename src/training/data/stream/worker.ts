/** A thread that decodes images: the thread that trains is held by each step, and could not ask for the next. */
import { parentPort } from 'node:worker_threads';
import { InternalError } from '../../../base/index.js';
import { decodeImage, decodePlain } from '../decode/index.js';
import type { DecodeAnswer, DecodeJob } from './messages.js';

if (!parentPort) throw new InternalError('the decoding thread was started as a program');
const port = parentPort;

async function decode({ id, paths, target, plain }: DecodeJob): Promise<void> {
  const length = target.side ** 2 * target.channels;
  const pixels = new Uint8Array(paths.length * length);
  const broken: { index: number; reason: string }[] = [];
  const each = async (path: string, index: number) => {
    try {
      const own = plain ? await decodePlain(path, target) : (await decodeImage(path, target)).pixels;
      pixels.set(own, index * length);
    } catch (error) {
      broken.push({ index, reason: (error as Error).message });
    }
  };
  await Promise.all(paths.map(each));
  const answer: DecodeAnswer = { id, pixels, broken };
  port.postMessage(answer, [pixels.buffer]);
}

port.on('message', (job: DecodeJob) => void decode(job));
