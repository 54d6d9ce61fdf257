/** A network as a file holds it, TFLite or ONNX: named nodes over tensors, before anything is counted. */

/** Dimensions; undefined is one that the file leaves free. */
export type FileShape = readonly (number | undefined)[];

export interface FileTensor {
  /** What errors and layers call it. */
  readonly name: string;
  /** Undefined where the file does not say. */
  readonly shape: FileShape | undefined;
  readonly type: string;
  readonly constant: boolean;
  /** The values of a constant that is small enough to be a shape, an axis or the like. */
  readonly numbers?: (() => readonly number[] | undefined) | undefined;
}

export type Attribute = number | boolean | string | readonly number[];

export interface FileNode {
  readonly name: string;
  /** As the file's format calls it, with a custom op's own name. */
  readonly type: string;
  /** Keys of tensors; undefined is an optional input that is left out. */
  readonly inputs: readonly (string | undefined)[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute | undefined>>;
  /** Weights held by branches and bodies of loops within the node. */
  readonly innerWeights?: number;
}

export interface FileModel {
  readonly format: 'TFLite' | 'ONNX';
  readonly name: string;
  /** Key and value pairs that the file carries. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly tensors: ReadonlyMap<string, FileTensor>;
  /** In the order of execution. */
  readonly nodes: readonly FileNode[];
}

/** Constants with more values than this are weights, whose values nothing here needs. */
export const mostNumbers = 1024;
