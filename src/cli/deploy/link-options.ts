/** Parsers of what lies between a phone and a server. */
import { InvalidArgumentError } from 'commander';
import { parseBandwidth, parseMilliseconds } from '../../base/index.js';

export function bandwidth(text: string): number {
  const value = parseBandwidth(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError('Expected a bandwidth such as 20Mbps, 500kbps or 1Gbps.');
}

export function milliseconds(text: string): number {
  const value = parseMilliseconds(text);
  if (value !== undefined) return value;
  throw new InvalidArgumentError('Expected a time such as 30ms.');
}

export function precision(text: string): 'int8' | 'fp16' | 'fp32' {
  if (text === 'int8' || text === 'fp16' || text === 'fp32') return text;
  throw new InvalidArgumentError('Expected int8, fp16 or fp32.');
}
