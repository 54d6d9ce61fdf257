/** What kind of file somebody has named, by its content: names and endings lie, and first bytes hardly do. */
import { closeSync, constants, readSync } from 'node:fs';
import { textEncoding } from './encoding.js';
import { openRegular } from './open.js';

/** How much of a file its kind is read from. */
const headBytes = 4096;

/** A kind of file that is not the text which mixnas reads. */
export interface FileKind {
  readonly name: keyof typeof texts;
  /** With its article, as in "X is an ONNX model". */
  readonly text: string;
}

const texts = {
  onnx: 'an ONNX model',
  tflite: 'a TFLite model',
  safetensors: 'a safetensors file of weights',
  pytorch: 'a PyTorch checkpoint',
  keras: 'a Keras model',
  'saved-model': 'a TensorFlow SavedModel',
  gguf: 'a GGUF model',
  hdf5: 'an HDF5 file',
  numpy: 'a NumPy array',
  pickle: 'a Python pickle',
  png: 'a PNG image',
  jpeg: 'a JPEG image',
  gif: 'a GIF image',
  webp: 'a WebP image',
  bmp: 'a BMP image',
  tiff: 'a TIFF image',
  heif: 'an AVIF or HEIC image',
  pdf: 'a PDF document',
  html: 'a web page',
  zip: 'a ZIP archive',
  gzip: 'a gzip archive',
  bzip2: 'a bzip2 archive',
  xz: 'an xz archive',
  zstd: 'a Zstandard archive',
  '7z': 'a 7-Zip archive',
  tar: 'a tar archive',
  sqlite: 'an SQLite database',
  parquet: 'a Parquet table',
  program: 'a program',
  binary: 'a binary file',
} as const;

const models: ReadonlySet<FileKind['name']> = new Set([
  'onnx',
  'tflite',
  'safetensors',
  'pytorch',
  'keras',
  'saved-model',
  'gguf',
] as const);

/** Whether it holds a network, its weights, or both. */
export const isModelFile = ({ name }: FileKind): boolean => models.has(name);

/** Kinds by bytes at a place; the first that fits is taken. */
const marks: readonly (readonly [FileKind['name'], number, string])[] = [
  ['tflite', 4, 'TFL3'],
  ['gguf', 0, 'GGUF'],
  ['hdf5', 0, '\x89HDF\r\n'],
  ['numpy', 0, '\x93NUMPY'],
  ['png', 0, '\x89PNG\r\n'],
  ['jpeg', 0, '\xff\xd8\xff'],
  ['gif', 0, 'GIF8'],
  ['webp', 8, 'WEBP'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['heif', 4, 'ftyp'],
  ['pdf', 0, '%PDF-'],
  ['zip', 0, 'PK\x03\x04'],
  ['gzip', 0, '\x1f\x8b\x08'],
  ['bzip2', 0, 'BZh'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['7z', 0, '7z\xbc\xaf\x27\x1c'],
  ['tar', 257, 'ustar'],
  ['sqlite', 0, 'SQLite format 3\0'],
  ['parquet', 0, 'PAR1'],
  ['program', 0, '\x7fELF'],
  ['program', 0, 'MZ\x90\0'],
  ['program', 0, '\xcf\xfa\xed\xfe'],
];

/**
 * The kind of a file; undefined for text, whatever it says.
 * @param head the first bytes; some thousand are enough.
 */
export function kindOfBytes(head: Uint8Array): FileKind | undefined {
  const name = nameOf(Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, headBytes)));
  return name && { name, text: texts[name] };
}

/** The kind of a regular file; undefined for text, and for what cannot be read. */
export function kindOfFile(path: string): FileKind | undefined {
  let file: number;
  try {
    ({ file } = openRegular(path, constants.O_RDONLY, { code: 'failed' }));
  } catch {
    return undefined;
  }
  try {
    return kindOfBytes(headOf(file));
  } finally {
    closeSync(file);
  }
}

/** The first bytes of an open file. */
export function headOf(file: number): Buffer {
  const head = Buffer.alloc(headBytes);
  return head.subarray(0, readSync(file, head, 0, headBytes, 0));
}

function nameOf(head: Buffer): FileKind['name'] | undefined {
  const text = head.toString('latin1');
  const marked = marks.find(([, at, mark]) => text.startsWith(mark, at))?.[0];
  if (marked === 'zip') return nameOfZip(text);
  if (marked !== undefined) return marked;
  if (isSafetensors(head)) return 'safetensors';
  // Protocols 2 to 5: older ones are text.
  if (head[0] === 0x80 && [2, 3, 4, 5].includes(head[1] as number)) return 'pickle';
  const protobuf = nameOfProtobuf(head);
  if (protobuf !== undefined) return protobuf;
  if (/^BM[\s\S]{4}\0{4}/.test(text)) return 'bmp';
  if (/^\s*<(?:!doctype html|html)\b/i.test(text)) return 'html';
  // Text in UTF-16 has zeros too.
  return textEncoding(head) === 'utf-8' && text.includes('\0') ? 'binary' : undefined;
}

/** PyTorch and Keras keep their models in ZIP archives; the first entry's name tells. */
function nameOfZip(text: string): FileKind['name'] {
  const entry = text.slice(30, 30 + text.charCodeAt(26) + 256 * text.charCodeAt(27));
  if (/(?:^|\/)(?:data\.pkl|byteorder|\.format_version)$/.test(entry)) return 'pytorch';
  return /^(?:metadata|config)\.json$|\.weights\.h5$/.test(entry) ? 'keras' : 'zip';
}

/** Eight bytes of the header's length, then the header, which is JSON. */
function isSafetensors(head: Buffer): boolean {
  if (head.length < 10) return false;
  const length = head.readBigUInt64LE(0);
  return length >= 2n && length < 100_000_000n && /^\{\s*["}]/.test(head.toString('latin1', 8));
}

/** Fields of an ONNX model by number: whether each is a number rather than a block of bytes. */
const onnxFields: ReadonlyMap<number, boolean> = new Map([
  ...[1, 5].map((field): [number, boolean] => [field, true]),
  ...[2, 3, 4, 6, 7, 8, 14, 20, 25, 26].map((field): [number, boolean] => [field, false]),
]);

/** Follows the outermost fields, as far as the head goes. The first of both formats is a version. */
function nameOfProtobuf(head: Buffer): 'onnx' | 'saved-model' | undefined {
  let at = 0;
  let fields = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; at < head.length && shift < 2 ** 49; shift *= 128) {
      const byte = head[at++] as number;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  const version = head[0] === 8 ? head[1] : undefined;
  if (version === undefined || version < 1 || version > 64) return undefined;
  while (at < head.length) {
    const tag = varint();
    const isNumber = onnxFields.get(tag >> 3);
    if (isNumber === undefined || (tag & 7) !== (isNumber ? 0 : 2)) return undefined;
    const value = varint();
    if (Number.isNaN(value)) return undefined;
    if (!isNumber) at += value;
    fields++;
  }
  if (fields < 2) return undefined;
  return version === 1 && head[2] === 0x12 ? 'saved-model' : 'onnx';
}
