/** What a config says of devices and metrics must fit the devices that it lists. */
import { MixnasError, nearest } from '../base/index.js';

/** What accuracy and the priced metrics are called, but for latencies. */
const metrics = ['accuracy', 'macs', 'params', 'peakMemoryBytes'];

/**
 * Limits must be on profiles of the run.
 * @param lenient drop the others instead: the profiles were chosen on the command line.
 */
export function checkLimits(
  limits: Readonly<Record<string, number>>,
  profiles: readonly string[],
  lenient: boolean,
  fieldOf: (name: string) => string,
): Record<string, number> {
  const known = Object.entries(limits).filter(([name]) => profiles.includes(name));
  const unknown = Object.keys(limits).find((name) => !profiles.includes(name));
  if (unknown !== undefined && !lenient) throw notListed(fieldOf(unknown), unknown, profiles);
  return Object.fromEntries(known);
}

function notListed(field: string, name: string, profiles: readonly string[]): MixnasError {
  const near = nearest(name, profiles);
  return new MixnasError('bad-config', `${field}: ${name} is not among the profiles of this search.`, {
    remedy:
      near.length > 0
        ? `Did you mean ${near[0]}?`
        : `List it under \`profiles\` (now ${profiles.join(', ')}).`,
  });
}

/**
 * The metrics to trade off; by default accuracy and every latency.
 * @param lenient drop latencies on other devices instead of refusing them.
 */
export function resolveObjectives(
  given: readonly string[] | undefined,
  profiles: readonly string[],
  lenient: boolean,
  what: string,
): string[] {
  const latencies = profiles.map((name) => `latencyMs.${name}`);
  if (!given) return ['accuracy', ...latencies];
  const known = [...metrics, ...latencies];
  const kept = lenient
    ? given.filter((name) => known.includes(name) || !name.startsWith('latencyMs.'))
    : given;
  for (const [i, name] of kept.entries()) {
    if (known.includes(name) && kept.indexOf(name) === i) continue;
    const field = `${what}: \`objectives[${i}]\``;
    if (known.includes(name)) throw new MixnasError('bad-config', `${field}: ${name} is there twice.`);
    const near = nearest(name, known);
    throw new MixnasError('bad-config', `${field}: ${name} is no metric of this search.`, {
      remedy: near.length > 0 ? `Did you mean ${near[0]}?` : `Choose among ${known.join(', ')}.`,
    });
  }
  return [...kept];
}
