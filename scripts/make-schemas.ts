/**
 * Writes `schemas/*.schema.json` from the zod schemas, for editors that complete and check YAML and JSON.
 * Run `npm run schemas` after changing one of them; a test says when it was forgotten.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { configSchema } from '../src/app/index.js';
import { packageRoot, writeFileAtomic } from '../src/base/index.js';
import { measurementsSchema, profileSchema } from '../src/hardware/index.js';
import { architectureSchema, spaceSchema } from '../src/models/index.js';

const schemas: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  architecture: { title: 'A mixnas architecture', schema: architectureSchema },
  config: { title: 'A mixnas search', schema: configSchema },
  measurements: { title: 'Measurements that mixnas profiles are fitted from', schema: measurementsSchema },
  profile: { title: 'A mixnas hardware profile', schema: profileSchema },
  space: { title: 'A mixnas search space', schema: spaceSchema },
};

/** The text of each schema file by its path in the package. */
export function schemaFiles(): Map<string, string> {
  return new Map(
    Object.entries(schemas).map(([name, { title, schema }]) => {
      const json = { title, ...z.toJSONSchema(schema, { io: 'input' }) };
      return [`schemas/${name}.schema.json`, `${JSON.stringify(json, null, 2)}\n`];
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, text] of schemaFiles()) writeFileAtomic(join(packageRoot(), path), text);
}
