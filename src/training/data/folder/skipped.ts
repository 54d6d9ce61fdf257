/** Files of a folder that are not read, counted by ending. */
import { extname } from 'node:path';
import { formatInteger } from '../../../base/index.js';

/** Why some are not, where a person would expect them to be. */
const reasons: Readonly<Record<string, string>> = {
  '.heic': 'convert them to JPEG',
  '.heif': 'convert them to JPEG',
  '.jxl': 'convert them to PNG or JPEG',
  '.jp2': 'convert them to PNG or JPEG',
  '.svg': 'a drawing, not an image of pixels',
  '.dng': 'raw photographs; convert them to JPEG',
  '.cr2': 'raw photographs; convert them to JPEG',
  '.nef': 'raw photographs; convert them to JPEG',
  '.arw': 'raw photographs; convert them to JPEG',
};

/** Endings named in a sentence. */
const most = 12;

export class SkippedFiles {
  private readonly counts = new Map<string, number>();

  add(name: string): void {
    this.count(extname(name).toLowerCase() || 'without an ending');
  }

  addHidden(): void {
    this.count('hidden');
  }

  private count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** `Not read: 12 .txt, 3 .heic (convert them to JPEG).`; nothing where there are none. */
  sentences(): string[] {
    if (this.counts.size === 0) return [];
    const kinds = [...this.counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const parts = kinds.slice(0, most).map(([kind, count]) => {
      const why = reasons[kind];
      return `${formatInteger(count)} ${kind}${why ? ` (${why})` : ''}`;
    });
    const rest = kinds.slice(most).reduce((sum, [, count]) => sum + count, 0);
    return [
      `Not read: ${[...parts, ...(rest > 0 ? [`${formatInteger(rest)} with other endings`] : [])].join(', ')}.`,
    ];
  }
}
