/** The catalogue of profiles: by chip, and on each by unit. */
import { loadProfile, type Profile, profileNames, ruleName } from '../../hardware/index.js';

/** One profile as the catalogue shows it. */
export interface CatalogueEntry {
  /** By the rule `device-unit[-cores-threads]-precision`. */
  readonly name: string;
  /** The name of its file, where that is older than the rule. */
  readonly also?: string;
  readonly unit: Profile['unit'];
  /** What computes: a GPU, an NPU, cores and how many of them. */
  readonly part: string;
  readonly year: string;
  readonly runtime: string;
  readonly precision: Profile['precision'];
  /** Networks that were measured end to end; 0 where none was. */
  readonly networks: number;
  readonly error?: Profile['error'];
  /** `kernel table`, `whole networks`, `compiler's plan`, `transferred from ...`. */
  readonly made: string;
}

export interface CatalogueChip {
  readonly chip: string;
  readonly devices: readonly string[];
  readonly profiles: readonly CatalogueEntry[];
}

const order: readonly Profile['unit'][] = ['CPU', 'GPU', 'NPU'];

/** `Snapdragon 855` of `Snapdragon 855, Adreno 640`, and what is said of the part. */
function chipOf({ chip, unit }: Profile): { chip: string; part: string } {
  const [whole = chip, ...rest] = chip.split(', ');
  const name = whole.replace(/ (?:CPU|GPU|NPU)$/, '');
  const part = rest.join(', ').replace(/^CPU \((.*)\)$/, '$1');
  return { chip: name, part: part === '' ? unit : part };
}

/** How a profile was made. */
export function howMade({ compiler, mixture, like, table }: Profile): string {
  if (compiler) return "compiler's plan";
  if (mixture) return `transferred from ${mixture.parts.map((part) => part.profile).join(', ')}`;
  if (like !== undefined) return `transferred from ${like}`;
  if (table.entries.length === 0) return 'whole networks';
  return table.kind === 'scaled' ? 'transferred' : 'kernel table';
}

function entryOf(file: string, profile: Profile): CatalogueEntry {
  const { unit, date, runtime, precision, error, table } = profile;
  const name = ruleName(file);
  return {
    name,
    ...(name !== file && { also: file }),
    unit,
    part: chipOf(profile).part,
    year: date.slice(0, 4),
    runtime: runtime.version ? `${runtime.name} ${runtime.version}` : runtime.name,
    precision,
    networks: error?.networks ?? (table.entries.length === 0 ? table.models.length : 0),
    ...(error && { error }),
    made: howMade(profile),
  };
}

/** Every profile that is found by name, by chip. @throws MixnasError `bad-profile` when one is broken. */
export function catalogue(): CatalogueChip[] {
  const chips = new Map<string, { devices: Set<string>; profiles: CatalogueEntry[] }>();
  for (const file of profileNames()) {
    const profile = loadProfile(file);
    const { chip } = chipOf(profile);
    const known = chips.get(chip) ?? { devices: new Set<string>(), profiles: [] };
    chips.set(chip, known);
    known.devices.add(profile.device);
    known.profiles.push(entryOf(file, profile));
  }
  return [...chips]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([chip, { devices, profiles }]) => ({
      chip,
      devices: [...devices],
      profiles: profiles.toSorted(
        (a, b) => order.indexOf(a.unit) - order.indexOf(b.unit) || (a.name < b.name ? -1 : 1),
      ),
    }));
}
