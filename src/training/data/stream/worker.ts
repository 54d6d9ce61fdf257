/** A thread that reads images: the thread that trains is held by each step, and could not ask for the next. */
import { closeSync, constants, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { InternalError, messageOf, openRegular } from '../../../base/index.js';
import { decodeImage, decodePlain } from '../decode/index.js';
import type { FilesJob, ReadAnswer, ReadJob, StoredJob } from './messages.js';

if (!parentPort) throw new InternalError('the reading thread was started as a program');
const port = parentPort;

type Images = Omit<ReadAnswer, 'id'>;

async function decode({ paths, target, plain }: FilesJob): Promise<Images> {
  const length = target.side ** 2 * target.channels;
  const pixels = new Uint8Array(paths.length * length);
  const broken: { index: number; reason: string }[] = [];
  const each = async (path: string, index: number) => {
    try {
      const own = plain ? await decodePlain(path, target) : (await decodeImage(path, target)).pixels;
      pixels.set(own, index * length);
    } catch (error) {
      broken.push({ index, reason: messageOf(error) });
    }
  };
  await Promise.all(paths.map(each));
  return { pixels, broken };
}

function readStored({ stored, indices, length }: StoredJob): Images {
  const pixels = new Uint8Array(indices.length * length);
  try {
    const { file } = openRegular(stored, constants.O_RDONLY, { code: 'bad-data', own: true });
    try {
      indices.forEach((index, i) => {
        for (let done = 0; done < length; ) {
          const read = readSync(file, pixels, i * length + done, length - done, index * length + done);
          if (read === 0) throw new Error('it is shorter than it was');
          done += read;
        }
      });
    } finally {
      closeSync(file);
    }
    return { pixels, broken: [] };
  } catch (error) {
    const reason = messageOf(error);
    return { pixels, broken: indices.map((_, index) => ({ index, reason })) };
  }
}

async function answerTo({ id, job }: { readonly id: number; readonly job: ReadJob }): Promise<void> {
  const answer: ReadAnswer = { id, ...('stored' in job ? readStored(job) : await decode(job)) };
  port.postMessage(answer, [answer.pixels.buffer]);
}

port.on('message', (message: Parameters<typeof answerTo>[0]) => void answerTo(message));
