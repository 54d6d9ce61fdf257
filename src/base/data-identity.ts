/**
 * Which data a run or weights are of: stored with both, and compared before results of one are taken for results of
 * the other. The order of classes is kept but does not count, since labels can be mapped by name.
 */
import type { z } from 'zod';
import { shortHash } from './hash.js';

/** The schema of an identity. The program's help must not load zod, so it is given. */
export function dataIdentitySchema(zod: typeof z) {
  const count = zod.number().int().nonnegative();
  return zod.strictObject({
    /** Of the data set's name and of all classes, whatever their order. */
    hash: zod.string(),
    /** The data set by name, with what decides its images. */
    source: zod.record(zod.string(), zod.union([zod.string(), zod.number()])),
    /** Height and width at which the images were used. */
    resolution: zod.number().int().positive(),
    /** In the order of the labels. */
    classes: zod.array(
      zod.strictObject({
        name: zod.string(),
        train: count,
        test: count,
        /** Of the images; left out where the data set's name says which they are. */
        hash: zod.string().optional(),
      }),
    ),
    /** Images that the data sets aside for validation itself; left out where it never does. */
    validation: count.optional(),
  });
}

export type DataIdentity = z.output<ReturnType<typeof dataIdentitySchema>>;
export type ClassIdentity = DataIdentity['classes'][number];

/** An identity of what is known of a data set. */
export function createDataIdentity(parts: Omit<DataIdentity, 'hash'>): DataIdentity {
  const classes = parts.classes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { hash: shortHash({ source: parts.source, classes }), ...parts };
}

/** Differences that are spelled out; more are counted. */
const mostDifferences = 5;

/**
 * What differs between the classes and images of `before` and `now`, in words such as "class `cat` is missing";
 * undefined where that is the order of classes at most.
 */
export function dataDifferences(before: DataIdentity, now: DataIdentity): string | undefined {
  if (before.hash === now.hash) return undefined;
  const classes = classDifferences(before.classes, now.classes);
  if (classes.length === 0) return sourceDifference(before, now);
  const more = classes.length - mostDifferences;
  return `${classes.slice(0, mostDifferences).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function sourceDifference(before: DataIdentity, now: DataIdentity): string {
  const isSplit = before.source['name'] === now.source['name'] && 'split' in before.source;
  return isSplit
    ? 'other images are set aside for testing'
    : `${sourceText(before)} became ${sourceText(now)}`;
}

/** `textures (seed 1, size 4000)`. */
function sourceText({ source }: DataIdentity): string {
  const { name = '', ...rest } = source;
  const options = Object.entries(rest).map(([key, value]) => `${key} ${value}`);
  return options.length > 0 ? `${name} (${options.join(', ')})` : String(name);
}

/** Classes that are renamed, missing, new, exchanged with each other, or of other images. */
export function classDifferences(before: readonly ClassIdentity[], now: readonly ClassIdentity[]): string[] {
  const was = new Map(before.map((one) => [one.name, one]));
  const is = new Map(now.map((one) => [one.name, one]));
  const missing = before.filter(({ name }) => !is.has(name));
  const added = now.filter(({ name }) => !was.has(name));
  const renamed = pairUp(missing, added, (one, other) => one.hash === other.hash);
  const changed = before.filter((one) => is.has(one.name) && !isSame(one, is.get(one.name)));
  const swapped = pairUp(
    changed,
    changed,
    (one, other) => is.get(one.name)?.hash === other.hash && is.get(other.name)?.hash === one.hash,
  );
  const exchanged = [...swapped].filter(([one, other]) => changed.indexOf(one) < changed.indexOf(other));
  const known = new Set(renamed.values());
  return [
    ...[...renamed].map(([one, other]) => `class \`${one.name}\` is called \`${other.name}\` now`),
    ...missing.filter((one) => !renamed.has(one)).map(({ name }) => `class \`${name}\` is missing`),
    ...added.filter((one) => !known.has(one)).map(({ name }) => `class \`${name}\` is new`),
    ...exchanged.map(([a, b]) => `the images of \`${a.name}\` and \`${b.name}\` were exchanged`),
    ...changed
      .filter((one) => !swapped.has(one))
      .map((one) => changeText(one, is.get(one.name) as ClassIdentity)),
  ];
}

/** Pairs each class with the first free other one that fits; classes without a hash fit none. */
function pairUp(
  classes: readonly ClassIdentity[],
  others: readonly ClassIdentity[],
  fits: (one: ClassIdentity, other: ClassIdentity) => boolean,
): Map<ClassIdentity, ClassIdentity> {
  const pairs = new Map<ClassIdentity, ClassIdentity>();
  const taken = new Set<ClassIdentity>();
  for (const one of classes) {
    const free = (other: ClassIdentity) => other !== one && !taken.has(other);
    const pair = one.hash === undefined ? undefined : others.find((other) => free(other) && fits(one, other));
    if (!pair) continue;
    pairs.set(one, pair);
    taken.add(pair);
  }
  return pairs;
}

const isSame = (one: ClassIdentity, other: ClassIdentity | undefined) =>
  one.train === other?.train && one.test === other.test && one.hash === other.hash;

function changeText(was: ClassIdentity, is: ClassIdentity): string {
  if (was.train === is.train && was.test === is.test) return `images of \`${was.name}\` were changed`;
  const counts = ({ train, test }: ClassIdentity) => `${train} training and ${test} test images`;
  return `\`${was.name}\` has ${counts(is)}, it had ${counts(was)}`;
}
