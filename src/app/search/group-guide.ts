/**
 * Which numbers of kernel sizes are fast on the devices of a search, block by block, as weights for its
 * proposals: a further group costs one device a slice and the launch of a device kernel, and another next to nothing.
 */
import type { Random } from '../../base/index.js';
import type { Architecture, MixnetSpace } from '../../models/index.js';
import type { ChoiceWeights } from '../../search/index.js';

/** Networks in which each block is varied, and mixes of each size that are tried in it. */
const networks = 3;
const mixesEach = 5;

/**
 * @param latency a number that grows with the latency on the devices, such as its geometric mean in ms.
 * @param strength how strongly slow numbers of groups are avoided. With 1, one that would make the network
 *   a tenth slower were it in every block is drawn e^-0.1 times as often; 0 changes nothing.
 */
export function groupWeights(
  space: MixnetSpace,
  latency: (architecture: Architecture) => number,
  strength: number,
  random: Random,
): ChoiceWeights {
  const bases = Array.from({ length: networks }, () => space.random(random));
  const weights = new Map<number, number[]>();
  const mixes = space.genes.flatMap(({ name, values }, gene) =>
    name.endsWith('.mix') ? [{ gene, groups: values.map((label) => String(label).split('+').length) }] : [],
  );
  for (const { gene, groups } of mixes) {
    const slower = new Map<number, number>();
    const counts = [...new Set(groups)];
    for (const base of bases) {
      const at = counts.map((count) => {
        const choices = groups.flatMap((g, choice) => (g === count ? [choice] : []));
        const tried = random.shuffle(choices).slice(0, mixesEach);
        const times = tried.map((choice) => {
          const genome = base.slice();
          genome[gene] = choice;
          return Math.log(latency(space.decode(space.canonical(genome))));
        });
        return times.reduce((sum, time) => sum + time, 0) / times.length;
      });
      const fastest = Math.min(...at);
      counts.forEach((count, i) => {
        slower.set(count, (slower.get(count) ?? 0) + ((at[i] as number) - fastest) / networks);
      });
    }
    const share = (count: number) =>
      Math.exp(-strength * mixes.length * (slower.get(count) as number)) /
      groups.filter((g) => g === count).length;
    weights.set(gene, groups.map(share));
  }
  return weights;
}
