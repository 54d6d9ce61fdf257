/** The classes of a listing with their numbers of images. */
import { formatInteger } from '../../../base/index.js';
import type { FolderListing } from './listing.js';

/** Classes that are all named; of more, the ends of the range are. */
const most = 20;

/** `Images a class, for training / validation / testing: cat 20 / 4 / 5, dog 18 / 4 / 5.` */
export function describeCounts({ classes, train, validation, test }: FolderListing): string {
  const splits = [
    { name: 'training', files: train },
    ...(validation.length > 0 ? [{ name: 'validation', files: validation }] : []),
    { name: 'testing', files: test },
  ];
  const counts = splits.map(({ files }) => files.histogram(classes.length));
  const heading = `Images a class, for ${splits.map(({ name }) => name).join(' / ')}`;
  const text = (label: number) =>
    `${classes[label]} ${counts.map((own) => formatInteger(own[label] ?? 0)).join(' / ')}`;
  if (classes.length <= most) return `${heading}: ${classes.map((_, label) => text(label)).join(', ')}.`;
  const [training = []] = counts;
  const order = classes
    .map((_, label) => label)
    .sort((a, b) => (training[a] ?? 0) - (training[b] ?? 0) || a - b);
  const [fewest, middle, largest] = [0, order.length >> 1, order.length - 1].map((i) =>
    text(order[i] as number),
  );
  return `${heading}, of ${formatInteger(classes.length)} classes: fewest ${fewest}; in the middle ${middle}; most ${largest}.`;
}
