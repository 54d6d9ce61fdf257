/** What an NPU runs: operations between maps, as the compiler makes them from the layers of a network. */

/** A map of one image, int8: one byte a value. */
export interface NpuMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Laid out pixel by pixel, because a part of it begins between bricks; else in bricks of 16 channels. */
  linear: boolean;
  /** The network's image or answer: kept whole, off the chip where maps may be spilled. */
  external: boolean;
  readonly writers: number[];
  readonly readers: number[];
}

export type NpuKind = 'convolution' | 'depthwise' | 'product' | 'copy' | 'elementwise';

export interface Box {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface NpuOperation {
  /** Id of the layer it is of. */
  readonly layer: number;
  readonly kind: NpuKind;
  readonly unit: 'multiply' | 'add' | 'other';
  activation: 'none' | 'relu' | 'table';
  readonly input: number;
  /** What is read of the input. */
  readonly read: Box;
  /** Reads a part of the channels, not all. */
  readonly part: boolean;
  /** A second map of the same shape; undefined for a constant. */
  readonly second?: number | undefined;
  output: number;
  readonly write: Box;
  /** Writes its channels into a larger map. */
  readonly intoPart: boolean;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilation: number;
  /** Moves what the CPU made onto the chip. */
  readonly fromCpu: boolean;
  /** Bytes of an output value; sums of a mean have 4. */
  readonly outputBytes: number;
}

export interface NpuProgram {
  readonly maps: readonly NpuMap[];
  readonly operations: readonly NpuOperation[];
}

export const mapBytes = ({ height, width, channels, linear }: NpuMap): number =>
  height * width * (linear ? channels : Math.ceil(channels / 16) * 16);

/** Values of a box. */
export const values = ({ height, width, channels }: Box): number => height * width * channels;
