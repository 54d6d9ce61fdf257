/** What must hold between the choices of a space so that every genome is a network, and only one. */
import { MixnasError } from '../../base/index.js';
import { expandedChannels } from '../lower-mix-block.js';
import type { SpaceSpec, StageSpec } from './schema.js';

function refuse(what: string, message: string, remedy: string): never {
  throw new MixnasError('bad-config', `${what}: ${message}.`, { remedy });
}

/** Why blocks of `inputs` channels cannot always be built as the stage asks; else undefined. */
function misfit(stage: StageSpec, inputs: readonly number[]): string | undefined {
  const groups = Math.max(...stage.groups);
  for (const input of inputs) {
    for (const expansion of stage.expansion) {
      const expanded = expandedChannels(input, expansion);
      if (expanded < groups) return `${expanded} expanded channels are too few for ${groups} groups`;
      for (const n of stage.expandGroups)
        if (expansion !== 1 && (input % n !== 0 || expanded % n !== 0))
          return `expandGroups ${n} does not divide ${input} channels or their ${expanded} expanded ones`;
      for (const n of stage.projectGroups)
        if (expanded % n !== 0) return `projectGroups ${n} does not divide ${expanded} expanded channels`;
    }
  }
  for (const width of stage.width)
    for (const n of stage.projectGroups)
      if (width % n !== 0) return `projectGroups ${n} does not divide width ${width}`;
  return undefined;
}

/**
 * Checks that channels divide among groups in every member, and that no network has two genomes, which
 * needs stage borders that show: a stride of 2 or another width.
 * @throws MixnasError `bad-config` that names the stage.
 */
export function checkSpace(spec: SpaceSpec, what: string): void {
  spec.stages.forEach((stage, i) => {
    const before = i === 0 ? spec.stem.width : (spec.stages[i - 1]?.width ?? []);
    const inputs = Math.max(...stage.depth) > 1 ? [...before, ...stage.width] : before;
    const problem = misfit(stage, inputs);
    if (problem) {
      refuse(
        what,
        `stages[${i}]: ${problem}`,
        'Choose channels that are multiples of every number of groups.',
      );
    }
    const shared = stage.width.find((width) => before.includes(width));
    if (i > 0 && stage.stride === 1 && shared !== undefined) {
      const message = `stages[${i}] has stride 1 and shares width ${shared} with the stage before it`;
      refuse(what, message, 'Join the two stages, or give them different widths.');
    }
  });
}
