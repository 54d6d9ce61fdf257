/** A TensorFlow session made from a recorded graph, through tfjs-node's SavedModel functions. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { InternalError } from '../../../base/index.js';
import type { GraphWriter, Ref } from './graph-writer.js';

interface TensorMetadata {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** The part of tfjs-node's binding and backend that is used here. */
interface NodeBackend {
  readonly binding: {
    readonly TF_FLOAT: number;
    readonly TF_INT32: number;
    createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): number;
    deleteTensor(id: number): void;
    tensorDataSync(id: number): Float32Array;
    loadSavedModel(folder: string, tags: string): number;
    deleteSavedModel(id: number): void;
    runSavedModel(
      model: number,
      inputs: readonly number[],
      inputNames: string,
      outputNames: string,
    ): TensorMetadata[];
  };
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(metadata: TensorMetadata): Tensor;
}

/** What a placeholder is fed with: a tensor (not consumed), or an array in its shape. */
export type Feed = Tensor | { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array };

function isTensor(feed: Feed): feed is Tensor {
  return typeof feed.data === 'function';
}

/**
 * A copy of an array that TensorFlow is sure to copy once more. The binding hands it the memory of a typed
 * array as it is, with a deallocator that calls into V8. An assigned variable would keep that memory, train
 * in it, and let go of it on one of TensorFlow's own threads, which corrupts the heap. Memory that is not
 * aligned for its vector instructions TensorFlow copies at once: 4 bytes into an allocation never is.
 */
function staged(data: Float32Array | Int32Array): Float32Array | Int32Array {
  const buffer = new ArrayBuffer(data.byteLength + 4);
  const copy =
    data instanceof Float32Array
      ? new Float32Array(buffer, 4, data.length)
      : new Int32Array(buffer, 4, data.length);
  copy.set(data);
  return copy;
}

/** A loaded graph with its variables. Owns native memory until `close`. */
export class Session {
  readonly #backend: NodeBackend;
  #model: number | undefined;

  constructor(runtime: { readonly tf: { backend(): object } }, graph: GraphWriter) {
    this.#backend = runtime.tf.backend() as NodeBackend;
    const folder = mkdtempSync(join(tmpdir(), 'mixnas-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), graph.encode());
      this.#model = this.#backend.binding.loadSavedModel(folder, 'serve');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Runs what the fetched outputs need and gives their values; the arrays are copies. */
  fetch(feeds: Readonly<Record<string, Feed>>, outputs: readonly Ref[]): Float32Array[] {
    const { binding } = this.#backend;
    return this.#run(feeds, outputs).map(({ id }) => {
      const data = binding.tensorDataSync(id);
      binding.deleteTensor(id);
      return data;
    });
  }

  /** The same for one output, as a tensor of tfjs that the caller owns. */
  fetchTensor(feeds: Readonly<Record<string, Feed>>, output: Ref): Tensor {
    return this.#backend.createOutputTensor(this.#run(feeds, [output])[0] as TensorMetadata);
  }

  #run(feeds: Readonly<Record<string, Feed>>, outputs: readonly Ref[]): TensorMetadata[] {
    if (this.#model === undefined) throw new InternalError('the network was disposed');
    const { binding } = this.#backend;
    const made: number[] = [];
    const ids = Object.values(feeds).map((feed) => {
      if (isTensor(feed)) return this.#backend.getInputTensorIds([feed])[0] as number;
      const dtype = feed.data instanceof Float32Array ? binding.TF_FLOAT : binding.TF_INT32;
      const id = binding.createTensor(feed.shape, dtype, staged(feed.data));
      made.push(id);
      return id;
    });
    try {
      const names = Object.keys(feeds).map((name) => `${name}:0`);
      return binding.runSavedModel(this.#model, ids, names.join(), outputs.join());
    } finally {
      for (const id of made) binding.deleteTensor(id);
    }
  }

  close(): void {
    if (this.#model !== undefined) this.#backend.binding.deleteSavedModel(this.#model);
    this.#model = undefined;
  }
}
