/**
 * The threads that read and decode, shared by all data sets of the process. They start with the first job, end when there has been
 * none for a while, and never keep the process alive without one.
 */
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../../base/index.js';
import type { ReadAnswer, ReadJob } from './messages.js';

/** More threads than this only wait for the four in which libvips decodes. */
const mostThreads = 4;
/** Jobs a thread has at a time: one that it works on, one that waits. */
const jobsAtOnce = 2;
const idleMs = 10_000;

interface Waiting {
  readonly id: number;
  readonly job: ReadJob;
  readonly resolve: (answer: ReadAnswer) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly running: Map<number, Waiting>;
}

class ReadPool {
  private readonly threads: Thread[] = [];
  private readonly queue: Waiting[] = [];
  private jobs = 0;
  private idle: NodeJS.Timeout | undefined;

  /** Reads some images. @throws Error when a thread dies. */
  async read(job: ReadJob): Promise<ReadAnswer> {
    clearTimeout(this.idle);
    // Before the first thread does: the library must outlive them.
    if (!('stored' in job)) await import('sharp');
    return new Promise((resolve, reject) => {
      this.queue.push({ id: this.jobs++, job, resolve, reject });
      this.assign();
    });
  }

  private assign(): void {
    while (this.queue.length > 0) {
      const free = this.threads
        .filter(({ running }) => running.size < jobsAtOnce)
        .toSorted((a, b) => a.running.size - b.running.size)[0];
      const most = Math.max(1, Math.min(mostThreads, availableParallelism() - 1));
      const thread = (free?.running.size ?? 1) > 0 && this.threads.length < most ? this.start() : free;
      if (!thread) return;
      const waiting = this.queue.shift() as Waiting;
      thread.running.set(waiting.id, waiting);
      thread.worker.ref();
      thread.worker.postMessage({ id: waiting.id, job: waiting.job }, []);
    }
  }

  private start(): Thread {
    const thread: Thread = {
      worker: startThread(new URL('./worker.js', import.meta.url)),
      running: new Map(),
    };
    this.threads.push(thread);
    thread.worker.on('message', (answer: ReadAnswer) => {
      thread.running.get(answer.id)?.resolve(answer);
      thread.running.delete(answer.id);
      if (thread.running.size === 0) thread.worker.unref();
      this.assign();
      if (this.threads.every(({ running }) => running.size === 0)) this.endLater();
    });
    const gone = (error: Error) => {
      const at = this.threads.indexOf(thread);
      if (at >= 0) this.threads.splice(at, 1);
      for (const { reject } of thread.running.values()) reject(error);
      thread.running.clear();
    };
    thread.worker.on('error', gone);
    thread.worker.on('exit', (code) => gone(new Error(`a reading thread ended with code ${code}`)));
    return thread;
  }

  private endLater(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      for (const { worker } of this.threads.splice(0)) void worker.terminate();
    }, idleMs);
    this.idle.unref();
  }
}

export const readPool = new ReadPool();
