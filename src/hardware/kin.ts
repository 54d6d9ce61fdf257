/** Which profiles a new device may be like. */
import type { Profile } from './profile/index.js';

/** What a transfer asks of a device before anything is measured. */
export type Traits = Pick<Profile, 'name' | 'unit' | 'precision'>;

/** Whether a name says one thread or several: `pixel4-cpu-big-1t-float`. Runtimes run some kernels on one only. */
function threadsOf(name: string): 'one' | 'several' | undefined {
  const count = /-(\d+)t(-|$)/.exec(name)?.[1];
  return count === undefined ? undefined : Number(count) === 1 ? 'one' : 'several';
}

const agree = <T>(a: T | undefined, b: T | undefined) => a === undefined || b === undefined || a === b;
const isInteger = ({ precision }: Traits) => precision === 'int8';

const fewest = 2;

/**
 * The profiles that share unit, kind of numbers and kind of threading with the device, as far as they are known;
 * the last of these is dropped while fewer than two are left. Profiles that follow a compiler have no price of a
 * device kernel, and those that were transferred say nothing that their sources do not.
 */
export function kinOf<
  P extends Traits & Pick<Profile, 'compiler'> & { readonly table: Pick<Profile['table'], 'kind'> },
>(device: Traits, profiles: readonly P[]): P[] {
  const able = profiles.filter((p) => p.name !== device.name && !p.compiler && p.table.kind !== 'scaled');
  const traits: ((p: P) => boolean)[] = [
    (p) => p.unit === device.unit,
    (p) => isInteger(p) === isInteger(device),
    (p) => agree(threadsOf(p.name), threadsOf(device.name)),
  ];
  for (let asked = traits.length; asked > 0; asked--) {
    const kin = able.filter((p) => traits.slice(0, asked).every((has) => has(p)));
    if (kin.length >= fewest) return kin;
  }
  return able;
}
