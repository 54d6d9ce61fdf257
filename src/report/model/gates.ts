/** What the gates of the front did on validation images, as its weights files record it. */
import { closeSync, constants, readSync } from 'node:fs';
import { z } from 'zod';
import type { GateWeights } from '../../runs/index.js';
import { MixnasError, openRegular, parseWith } from '../../base/index.js';

const gatesSchema = z.record(z.string(), z.looseObject({ mean: z.array(z.number()) }));
const headerSchema = z.looseObject({
  __metadata__: z.looseObject({ gates: z.string().optional() }).optional(),
});

/** A header is a few kilobytes; more is not a header. */
const mostHeaderBytes = 1 << 24;

/**
 * Reads what the gates did from the header of a safetensors file, its weights left alone.
 * @returns undefined where the file has no record of gates.
 * @throws MixnasError `bad-data` for a file that is broken.
 */
export function readGates(path: string): GateWeights | undefined {
  const { __metadata__: metadata } = parseWith(headerSchema, headerOf(path), path, 'bad-data');
  if (metadata?.gates === undefined) return undefined;
  const gates = parseWith(gatesSchema, json(metadata.gates, path), `${path}, gates`, 'bad-data');
  return Object.fromEntries(Object.entries(gates).map(([name, { mean }]) => [name, mean]));
}

/** The header: JSON after 8 bytes that give its length. */
function headerOf(path: string): unknown {
  const { file } = openRegular(path, constants.O_RDONLY, { code: 'bad-data', own: true });
  try {
    const size = Buffer.alloc(8);
    const got = readSync(file, size, 0, 8, 0);
    const length = got === 8 ? Number(size.readBigUInt64LE()) : Number.POSITIVE_INFINITY;
    if (length > mostHeaderBytes) throw broken(path, 'it is cut off, or not a safetensors file');
    const text = Buffer.alloc(length);
    if (readSync(file, text, 0, length, 8) < length) throw broken(path, 'its header is cut off');
    return json(text.toString('utf8'), path);
  } finally {
    closeSync(file);
  }
}

function json(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(path, 'its header is not JSON');
  }
}

const broken = (path: string, why: string): MixnasError =>
  new MixnasError('bad-data', `${path} is broken: ${why}.`);
