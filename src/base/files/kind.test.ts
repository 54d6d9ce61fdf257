import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kindOfBytes, kindOfFile, readBytes, readJsonFile, readTextFile } from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-kind-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const nameOf = (bytes: Uint8Array) => kindOfBytes(bytes)?.name;

/** A block of a protobuf message: its tag, its length, its bytes. */
const block = (field: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from([field * 8 + 2, bytes.length]), bytes]);
const onnx = (version: number, ...blocks: Buffer[]) => Buffer.concat([Buffer.from([8, version]), ...blocks]);

test('a model is known by its content', () => {
  const opset = block(8, Buffer.from([16, 13]));
  expect(nameOf(onnx(8, block(2, latin1('pytorch')), block(3, latin1('2.4')), opset))).toBe('onnx');
  // The graph goes on behind what is read of it.
  expect(nameOf(onnx(7, Buffer.from([0x3a, 0xff, 0xff, 0x03]), Buffer.alloc(9000, 1)))).toBe('onnx');
  expect(nameOf(onnx(1, block(2, Buffer.alloc(20, 10))))).toBe('saved-model');
  expect(nameOf(latin1('\x1c\0\0\0TFL3\x14\0\x20\0'))).toBe('tflite');
  const header = '{"__metadata__":{}}';
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  expect(nameOf(Buffer.concat([length, latin1(header)]))).toBe('safetensors');
  const zip = (entry: string) =>
    latin1(`PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(entry.length)}\0\0\0${entry}`);
  expect(nameOf(zip('archive/data.pkl'))).toBe('pytorch');
  expect(nameOf(zip('metadata.json'))).toBe('keras');
  expect(nameOf(zip('photos/cat/1.jpg'))).toBe('zip');
});

test.each([
  ['png', '\x89PNG\r\n\x1a\n'],
  ['jpeg', '\xff\xd8\xff\xe0'],
  ['webp', 'RIFF\x10\0\0\0WEBPVP8 '],
  ['heif', '\0\0\0\x20ftypavif'],
  ['bmp', 'BM\x36\x10\0\0\0\0\0\0\x36'],
  ['tar', `photos${'\0'.repeat(251)}ustar\0`],
  ['hdf5', '\x89HDF\r\n\x1a\n'],
  ['pickle', '\x80\x04\x95\0\0\0'],
  ['program', '\x7fELF\x02\x01'],
  ['html', '\n<!DOCTYPE html><html>'],
  ['binary', 'abc\0def'],
])('%s is known by its first bytes', (name, bytes) => {
  expect(nameOf(latin1(bytes))).toBe(name);
  expect(kindOfBytes(gzipSync(latin1(bytes)))?.text).toBe('a gzip archive');
});

test.each(['', '{"a": 1}', 'a: 1', 'model,ms\nx,1\n', 'BMW: 3', 'GI: F', '\u00e9\u4e2d', '\b\u0007'])(
  'text is no kind: %j',
  (text) => {
    expect(kindOfBytes(Buffer.from(text))).toBeUndefined();
    expect(kindOfBytes(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBeUndefined();
  },
);

test('what is no text is refused by its kind, however large and whatever its ending', () => {
  const path = join(folder, 'config.yaml');
  writeFileSync(path, Buffer.concat([latin1('\x89PNG\r\n\x1a\n'), Buffer.alloc(100)]));
  expect(() => readTextFile(path, 'bad-config', { limit: 10 })).toThrow(`${path} is a PNG image, not text.`);
  expect(() => readJsonFile(path, 'bad-run')).toThrow(`${path} is a PNG image, not JSON.`);
  expect(readBytes(path, 'bad-data')).toHaveLength(108);
  expect(kindOfFile(path)?.name).toBe('png');
  expect(kindOfFile(join(folder, 'none'))).toBeUndefined();
  expect(kindOfFile(folder)).toBeUndefined();
});
