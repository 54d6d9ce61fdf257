/** The benchmark's problems by name. */
import { MixnasError, nearest } from '../../src/base/index.js';
import { designProblems } from './design.js';
import { mixnetProblems } from './mixnets.js';
import { noisyProblems } from './noisy.js';
import type { Problem } from './problem.js';
import { syntheticProblems } from './synthetic.js';
import { tableProblems } from './table.js';

const builtIn: Readonly<Record<string, (name: string) => Problem>> = {
  ...syntheticProblems,
  ...mixnetProblems,
};

/** Makes problems by name; a table adds its own. @throws MixnasError `bad-usage` for a name unknown. */
export function problemSet(table: string | undefined, devices: readonly string[]) {
  const all: Record<string, (name: string) => Problem> = {
    ...builtIn,
    ...(table === undefined ? {} : tableProblems(table, devices)),
  };
  return {
    /** Those of a comparison as a whole; design problems are asked for by name. */
    names: Object.keys(all),
    make(name: string): Problem {
      const make = all[name] ?? designProblems[name] ?? noisyProblems[name];
      if (make) return make(name);
      const near = nearest(name, Object.keys(all))[0];
      throw new MixnasError('bad-usage', `There is no problem ${name}.`, {
        remedy: near
          ? `Did you mean ${near}?`
          : `Choose among ${[...Object.keys(all), ...Object.keys(designProblems), ...Object.keys(noisyProblems)].join(', ')}.`,
      });
    },
  };
}
