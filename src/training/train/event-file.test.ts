import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crc32c } from './crc32c.js';
import { createEventFile } from './event-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-events-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The inverse of TFRecord's masking. */
function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated << 15) | (rotated >>> 17)) >>> 0;
}

/** The messages of a TFRecord file, checksums checked. */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(unmask(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const record = bytes.subarray(at + 12, at + 12 + length);
    expect(unmask(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(record));
    records.push(record);
    at += 16 + length;
  }
  return records;
}

type Field = number | Buffer;
/** The fields of a protobuf message, by number. */
function fieldsOf(message: Buffer): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = message[at++] as number;
      value += (byte & 127) * factor;
      factor *= 128;
      if (byte < 128) return value;
    }
  };
  const next = (type: number): Field => {
    if (type === 0) return varint();
    if (type === 1) return message.readDoubleLE((at += 8) - 8);
    if (type === 5) return message.readFloatLE((at += 4) - 4);
    const length = varint();
    return message.subarray(at, (at += length));
  };
  while (at < message.length) {
    const key = varint();
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), next(key & 7)]);
  }
  return fields;
}

test('holds the version and the scalars in the fields that TensorBoard reads', () => {
  const events = createEventFile(join(folder, 'events'), { startStep: 0, wallSeconds: 1_700_000_000.5 });
  events.scalars(300, { 'train/loss': 1.5, 'validation/accuracy': 0.25 }, 1_700_000_001);
  events.scalars(70_000, { 'train/loss': -2 }, 1_700_000_002);
  expect(readdirSync(join(folder, 'events'))).toEqual(['events.out.tfevents.1700000000.0.mixnas']);
  const [version, first, second] = recordsOf(readFileSync(events.path)).map(fieldsOf);
  expect(version?.get(1)).toEqual([1_700_000_000.5]);
  expect(version?.get(3)?.toString()).toBe('brain.Event:2');
  expect(first?.get(2)).toEqual([300]);
  const values = fieldsOf(first?.get(5)?.[0] as Buffer).get(1) as Buffer[];
  expect(values.map(fieldsOf).map((value) => [value.get(1)?.toString(), value.get(2)])).toEqual([
    ['train/loss', [1.5]],
    ['validation/accuracy', [0.25]],
  ]);
  expect(second?.get(2)).toEqual([70_000]);
});

test('a resumed training marks its start, so that later points of earlier files are dropped', () => {
  const events = createEventFile(folder, { startStep: 40, wallSeconds: 1_700_000_000 });
  const [, start] = recordsOf(readFileSync(events.path)).map(fieldsOf);
  expect(start?.get(2)).toEqual([40]);
  expect(fieldsOf(start?.get(7)?.[0] as Buffer).get(1)).toEqual([1]);
});
