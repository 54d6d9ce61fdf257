/** A runtime that a file is checked in. */

/** What a file reads and gives: floats, or its integers. */
export type Elements = Float32Array | Int8Array;

/** A file that a runtime has loaded. Owns memory until `dispose`. */
export interface LoadedModel {
  /** The output for one image, in the type that the file has. */
  run(image: Elements): Promise<Elements>;
  dispose(): void;
}

/** A runtime that is installed. */
export interface CheckRuntime {
  /** Its name and version, as a report shows it. */
  readonly name: string;
  /** @throws MixnasError `evaluation-failed` when it refuses the file, in its own words. */
  load(bytes: Uint8Array): Promise<LoadedModel>;
}
