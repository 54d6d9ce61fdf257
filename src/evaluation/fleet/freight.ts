/** The files of trials on their way: supernets and checkpoints to the workers, weights and checkpoints back. */
import { existsSync, statSync } from 'node:fs';
import { messageOf, readBytes, sizeLimits, writeFileAtomic } from '../../base/index.js';
import type { EvaluationJob, EvaluationOutcome } from '../evaluator.js';
import type { Blob, FleetJob, OutcomeMessage } from './protocol.js';
import type { Store } from './store/index.js';

/** A file that was sent is sent again after so long: Redis forgets content after a day. */
const sentMs = 3_600_000;

interface Sent {
  readonly blob: Promise<Blob>;
  /** Its size and time of change then. */
  readonly state: string;
  readonly at: number;
}

export class Freight {
  readonly #store: Store;
  /** Files that many trials need, such as a supernet: read and hashed once. */
  readonly #sent = new Map<string, Sent>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Stores what a job needs. @returns what the job says of its files. */
  async load({ supernet, part }: EvaluationJob): Promise<Pick<FleetJob, 'supernet' | 'part'>> {
    const file = supernet && (await this.#shared(supernet.path));
    const checkpoint = part?.load === undefined ? undefined : await this.#put(part.load);
    return {
      ...(file && { supernet: { file, tune: supernet.tune } }),
      ...(part && {
        part: {
          from: part.from,
          until: part.until,
          ...(checkpoint && { load: checkpoint }),
          save: part.save !== undefined,
        },
      }),
    };
  }

  /** Redis or its content is gone: what was sent is sent again. */
  forget(): void {
    this.#sent.clear();
  }

  /** What a job made, brought here; where that fails the machine is at fault, or this one's disk is. */
  async unload(
    { weightsPath, part }: EvaluationJob,
    { outcome, weights, checkpoint }: OutcomeMessage,
    isOver: () => boolean,
  ): Promise<EvaluationOutcome> {
    const wanted = [
      [weights, weightsPath],
      [checkpoint, part?.save],
    ] as const;
    for (const [blob, path] of wanted) {
      if (!blob || path === undefined) continue;
      let bytes: Uint8Array;
      try {
        bytes = await this.#store.get(blob);
      } catch (error) {
        return { state: 'failed', reason: messageOf(error), seconds: 0, fault: 'machine' };
      }
      if (isOver()) return outcome;
      writeFileAtomic(path, bytes);
      void this.#store.drop(blob).catch(() => {});
    }
    return outcome;
  }

  async #shared(path: string): Promise<Blob | undefined> {
    if (!existsSync(path)) return undefined;
    const { size, mtimeMs } = statSync(path);
    const state = `${size}/${mtimeMs}`;
    const now = performance.now();
    const known = this.#sent.get(path);
    if (known?.state === state && now - known.at < sentMs) return known.blob;
    const blob = this.#store.put(readBytes(path, 'failed', { limit: sizeLimits.weights }));
    this.#sent.set(path, { blob, state, at: now });
    blob.catch(() => this.#sent.delete(path));
    return blob;
  }

  async #put(path: string): Promise<Blob | undefined> {
    if (!existsSync(path)) return undefined;
    return this.#store.put(readBytes(path, 'failed', { limit: sizeLimits.weights }));
  }
}
