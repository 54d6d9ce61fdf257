/** Saying which data a data set is, and putting its labels in the order that a run or weights have. */
import {
  type ClassIdentity,
  type DataIdentity,
  MixnasError,
  classDifferences,
  createDataIdentity,
} from '../../base/index.js';
import { type DataSet, type ImageSet, createLabels, defaultResolution, labelHistogram } from './image-set.js';
import { type ResolvedDataSpec, dataSetKind } from './registry.js';

/**
 * The identity of the data that `spec` names. Of a user's own images their content counts, not where they lie; of
 * the others the name and what decides their images.
 * @param load loads the data, if that has to be.
 */
export async function identifyData(
  spec: ResolvedDataSpec,
  load: () => DataSet | Promise<DataSet>,
): Promise<DataIdentity> {
  const { source, classes, validation } = dataSetKind(spec).content(spec);
  return createDataIdentity({
    source: { name: spec.name, ...source },
    resolution: resolutionOf(spec),
    classes: [...(classes ?? classesOf(await load()))],
    ...(validation !== undefined && { validation }),
  });
}

function classesOf({ train, test }: DataSet): ClassIdentity[] {
  const [trained, tested] = [labelHistogram(train), labelHistogram(test)];
  return train.classes.map((name, i) => ({
    name,
    train: trained[i] as number,
    test: tested[i] as number,
  }));
}

/** The classes that `spec` names and how many images each has, where that is known without loading them. */
export const listedClasses = (spec: ResolvedDataSpec): readonly ClassIdentity[] | undefined =>
  dataSetKind(spec).content(spec).classes;

/** Height and width of the images that `spec` names. */
export function resolutionOf(spec: ResolvedDataSpec): number {
  const own = 'resolution' in spec ? spec.resolution : undefined;
  return dataSetKind(spec).resolution ?? own ?? defaultResolution;
}

/** Whether the images that `spec` names can have any size. */
export const isResizable = (spec: Pick<ResolvedDataSpec, 'name'>): boolean =>
  dataSetKind(spec).resolution === undefined;

/**
 * A data set with the labels of `names`, by name. Only the order of classes may differ.
 * @param what what has these classes, for the message: `The weights`.
 * @throws MixnasError `bad-data` that says which classes differ.
 */
export function arrangeClasses(dataset: DataSet, names: readonly string[], what: string): DataSet {
  const given = dataset.train.classes;
  if (given.length === names.length && given.every((name, i) => name === names[i])) return dataset;
  const bare = (list: readonly string[]) => list.map((name) => ({ name, train: 0, test: 0 }));
  const differences = classDifferences(bare(names), bare(given));
  if (differences.length > 0 || given.length !== names.length) {
    throw new MixnasError('bad-data', `${what} and the data have other classes: ${listed(differences)}.`, {
      remedy: 'Bring the classes back to what they were, or train on the classes that are there now.',
    });
  }
  const places = given.map((name) => names.indexOf(name));
  const arrange = (set: ImageSet): ImageSet => {
    const labels = createLabels(set.count, names.length);
    set.labels.forEach((label, i) => {
      labels[i] = places[label] as number;
    });
    return { ...set, classes: names, labels };
  };
  return { ...dataset, train: arrange(dataset.train), test: arrange(dataset.test) };
}

const listed = (differences: readonly string[]) =>
  differences.length > 5
    ? `${differences.slice(0, 5).join('; ')}; and ${differences.length - 5} more`
    : differences.join('; ');
