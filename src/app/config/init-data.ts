/** What a config to start from says of the data: looked up in a folder of the user's own images. */
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { formatInteger, heldOutCount } from '../../base/index.js';
import { dataSpecSchema, listedClasses } from '../../training/index.js';
import { parseDataset } from '../data/index.js';

/** The share that is held out for validation; more where that would be less than an image a class. */
const heldOutShare = 0.2;
const mostHeldOut = 0.5;
const usualBatch = 64;

/** Fields of a config that suit the data. */
export interface DataFields {
  readonly dataset: string | Readonly<Record<string, unknown>>;
  readonly deploy?: { readonly classes: number };
  readonly evaluator?: Readonly<Record<string, unknown>>;
}

/**
 * Looks at the data.
 * @param resolution what a folder's images are brought to.
 * @param file where the config is to lie, to which paths in it are relative.
 * @returns the fields, and what was found as a sentence, where there was something to look at.
 * @throws MixnasError `bad-data` for a folder that holds no classes of images.
 */
export function fieldsFor(
  text: string,
  resolution: number,
  file: string | undefined,
): { readonly fields: DataFields; readonly found?: string } {
  const given = parseDataset(text);
  if (given.name !== 'folder') return { fields: { dataset: text } };
  const classes = listedClasses(dataSpecSchema.parse(given)) ?? [];
  const sum = (part: 'train' | 'test') => classes.reduce((total, one) => total + one[part], 0);
  const [train, test] = [sum('train'), sum('test')];
  const least = Math.ceil((100 * classes.length) / train) / 100;
  const validation = Math.min(mostHeldOut, Math.max(heldOutShare, least));
  const left = train - heldOutCount(validation, train);
  const batchSize = 2 ** Math.floor(Math.log2(Math.min(usualBatch, Math.max(1, left))));
  return {
    fields: {
      dataset: { name: 'folder', path: pathFrom(file, given.path), resolution },
      deploy: { classes: classes.length },
      evaluator: { name: 'training', validation, ...(batchSize < usualBatch && { batchSize }) },
    },
    found: `${text}: ${classes.length} classes (${counts(classes)} training images) and ${formatInteger(test)} test images, brought to ${resolution}x${resolution}; ${formatInteger(train - left)} training images are held out for validation.`,
  };
}

function counts(classes: readonly { readonly name: string; readonly train: number }[]): string {
  const shown = classes.slice(0, 5).map(({ name, train }) => `${name} ${formatInteger(train)}`);
  const more = classes.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and ${more} more with` : ''}`;
}

/** The folder as the config says it: from where that lies, or from the root where it leads far away. */
function pathFrom(file: string | undefined, path: string): string {
  if (file === undefined || isAbsolute(path)) return path;
  const near = relative(dirname(resolve(file)), resolve(path));
  return /[/\\]/.test(near) || near === '' ? near || '.' : `./${near}`;
}
