/**
 * TensorBoard's event files: records of a length, its checksum, an Event message and its checksum (the
 * TFRecord format). Only scalars are written, which takes six fields of two messages.
 */
import { closeSync, constants, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openRegular, ownFolder } from '../../base/index.js';
import { crc32c } from './crc32c.js';

/** TFRecord's checksums are rotated and shifted, so that a checksum of data that holds one stays strong. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

const field = (number: number, type: number) => (number << 3) | type;

function double(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes[0] = field(number, 1);
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function float(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes[0] = field(number, 5);
  bytes.writeFloatLE(value, 1);
  return bytes;
}

const integer = (number: number, value: number) => Uint8Array.from([field(number, 0), ...varint(value)]);

function message(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([Uint8Array.from([field(number, 2), ...varint(bytes.length)]), bytes]);
}

/** One record of an event file. */
function record(event: Uint8Array): Uint8Array {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(event.length, 0);
  header.writeUInt32LE(masked(header.subarray(0, 8)), 8);
  const footer = Buffer.alloc(4);
  footer.writeUInt32LE(masked(event), 0);
  return Buffer.concat([header, event, footer]);
}

/** Writes scalars that TensorBoard reads. */
export interface EventFile {
  readonly path: string;
  /** @param wallSeconds seconds since 1970. */
  scalars(step: number, values: Readonly<Record<string, number>>, wallSeconds: number): void;
}

/**
 * Begins a new event file in `folder`.
 * @param startStep where a resumed training continues: TensorBoard then drops later points of earlier files.
 * @param wallSeconds seconds since 1970; names the file.
 */
export function createEventFile(
  folder: string,
  { startStep, wallSeconds }: { readonly startStep: number; readonly wallSeconds: number },
): EventFile {
  ownFolder(folder, 'bad-data');
  const path = join(folder, `events.out.tfevents.${Math.floor(wallSeconds)}.${startStep}.mixnas`);
  const append = (...parts: Uint8Array[]) => appendOwn(path, record(Buffer.concat(parts)));
  append(double(1, wallSeconds), message(3, 'brain.Event:2'));
  // SessionLog with the status START.
  if (startStep > 0) append(double(1, wallSeconds), integer(2, startStep), message(7, integer(1, 1)));
  return {
    path,
    scalars(step, values, wall) {
      const entries = Object.entries(values).map(([tag, value]) =>
        message(1, Buffer.concat([message(1, tag), float(2, value)])),
      );
      append(double(1, wall), integer(2, step), message(5, Buffer.concat(entries)));
    },
  };
}

function appendOwn(path: string, bytes: Uint8Array): void {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
  const { file } = openRegular(path, flags, { code: 'bad-data', own: true });
  try {
    writeSync(file, bytes);
  } finally {
    closeSync(file);
  }
}
