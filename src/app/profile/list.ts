/** What there is of hardware profiles. */
import { loadProfile, type Profile, profileNames } from '../../hardware/index.js';

/** One line of `profile list`. */
export type ProfileSummary = Pick<
  Profile,
  'name' | 'device' | 'chip' | 'unit' | 'runtime' | 'precision' | 'error'
> & {
  /** Device kernels in the table. */
  readonly kernels: number;
};

/** Every profile that is found by name. @throws MixnasError `bad-profile` when one is broken. */
export function listProfiles(): ProfileSummary[] {
  return profileNames().map((key) => {
    const { name, device, chip, unit, runtime, precision, error, table } = loadProfile(key);
    return { name, device, chip, unit, runtime, precision, error, kernels: table.entries.length };
  });
}

/** A profile without its table: what a person reads. @throws MixnasError `bad-profile`. */
export function showProfile(nameOrPath: string): Omit<Profile, 'table'> & { readonly kernels: number } {
  const { table, ...rest } = loadProfile(nameOrPath);
  return { ...rest, kernels: table.entries.length };
}
