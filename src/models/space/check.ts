/** What must hold between the choices of a space so that every genome is a network, and only one. */
import { MixnasError } from '../../base/index.js';
import { type SpaceSpec, searchOfStage } from './schema.js';

function refuse(what: string, message: string, remedy: string): never {
  throw new MixnasError('bad-config', `${what}: ${message}.`, { remedy });
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
    const problem = searchOfStage(stage).misfit(stage, inputs);
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
