/** The data sets. One line of the list here and a file are all that a new one takes. */
import { z } from 'zod';
import { InternalError } from '../../base/index.js';
import { cifar10, cifar100 } from './cifar/index.js';
import type { DataSetKind } from './data-set-kind.js';
import { folder } from './folder/index.js';
import { textures } from './textures.js';

const kinds = [cifar10, cifar100, textures, folder] as const;

type SchemasOf<Kinds extends readonly { readonly schema: z.ZodType }[]> = {
  -readonly [I in keyof Kinds]: Kinds[I]['schema'];
};

/** A data set by name, with its options filled in. */
export const dataSpecSchema = z.discriminatedUnion(
  'name',
  kinds.map(({ schema }) => schema) as unknown as SchemasOf<typeof kinds>,
);

/** A data set as a config names it; options may be left out. */
export type DataSpec = z.input<typeof dataSpecSchema>;
/** A data set with every option filled in. */
export type ResolvedDataSpec = z.output<typeof dataSpecSchema>;

/** All data sets, in the order in which they are listed. */
export const dataSetKinds: readonly DataSetKind<ResolvedDataSpec>[] = kinds;

/** The data set that a spec names. */
export function dataSetKind({ name }: Pick<ResolvedDataSpec, 'name'>): DataSetKind<ResolvedDataSpec> {
  const kind = dataSetKinds.find((candidate) => candidate.name === name);
  if (kind === undefined) throw new InternalError(`no data set ${name}`);
  return kind;
}
