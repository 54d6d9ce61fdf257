/** The image files of a split, in columns: as objects, those of ImageNet would take half a gigabyte. */
import { join } from 'node:path';

/** One file. */
export interface ImageFile {
  readonly path: string;
  /** Its path below the data folder, with `/` between its parts. */
  readonly name: string;
  /** Index into the classes. */
  readonly label: number;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export class FileList {
  readonly root: string;
  private readonly names: string[] = [];
  private readonly labels: number[] = [];
  private readonly bytes: number[] = [];
  private readonly modifiedMs: number[] = [];

  constructor(root: string) {
    this.root = root;
  }

  get length(): number {
    return this.names.length;
  }

  add({ name, label, bytes, modifiedMs }: Omit<ImageFile, 'path'>): void {
    this.names.push(name);
    this.labels.push(label);
    this.bytes.push(bytes);
    this.modifiedMs.push(modifiedMs);
  }

  addAll(files: Iterable<ImageFile>): void {
    for (const file of files) this.add(file);
  }

  at(index: number): ImageFile {
    return {
      path: this.path(index),
      name: this.names[index] as string,
      label: this.labels[index] as number,
      bytes: this.bytes[index] as number,
      modifiedMs: this.modifiedMs[index] as number,
    };
  }

  name(index: number): string {
    return this.names[index] as string;
  }

  label(index: number): number {
    return this.labels[index] as number;
  }

  path(index: number): string {
    return join(this.root, this.name(index));
  }

  /** Everything about a file in a line, for hashing. */
  line(index: number): string {
    return `${JSON.stringify(this.names[index])},${this.labels[index]},${this.bytes[index]},${this.modifiedMs[index]}\n`;
  }

  *[Symbol.iterator](): Generator<ImageFile> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  /** How many files each of `classes` classes has. */
  histogram(classes: number): number[] {
    const counts = new Array<number>(classes).fill(0);
    for (const label of this.labels) counts[label] = (counts[label] as number) + 1;
    return counts;
  }
}
