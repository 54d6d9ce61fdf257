/** Text of any tool: UTF-8, or UTF-16 as PowerShell and Excel write it. */

/** `utf-32` is recognised, so that it can be named, and is not read. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32';

/** How much of the start of a file tells its encoding. */
export const encodingBytes = 64;

/** By the byte order mark; without one, UTF-16 shows itself by a zero in every other byte. */
export function textEncoding(start: Uint8Array): TextEncoding {
  const [a, b, c, d] = start;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 && start.length >= 4 ? 'utf-32' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32';
  const pairs = Math.min(start.length, encodingBytes) >> 1;
  if (pairs < 2) return 'utf-8';
  let [even, odd] = [0, 0];
  for (let i = 0; i < pairs; i++) {
    if (start[2 * i] === 0) even++;
    if (start[2 * i + 1] === 0) odd++;
  }
  // Characters of Latin scripts have one zero byte of two; a binary file rarely has them all on one side.
  if (even === 0 && odd > 0.8 * pairs) return 'utf-16le';
  if (odd === 0 && even > 0.8 * pairs) return 'utf-16be';
  return 'utf-8';
}

/** The text of a whole file, without its byte order mark; undefined for an encoding that is not read. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const encoding = textEncoding(bytes.subarray(0, encodingBytes));
  return encoding === 'utf-32' ? undefined : new TextDecoder(encoding).decode(bytes);
}
