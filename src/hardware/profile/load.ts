/** Finding and reading profile files: those of ./profiles, the user's, those of the package, and any path. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MixnasError, nearest, packageRoot, readJsonDocument, userProfilesFolder } from '../../base/index.js';
import { aliasNames, fileName } from './aliases.js';
import { type Profile, parseProfile } from './profile.js';

/** Folders that a script added, the latest first. */
const registered: string[] = [];

/**
 * Adds a folder of profiles, for this process: each NAME.json in it is found by its name from now on, before those of
 * ./profiles, the user's and the package's.
 * @throws MixnasError `bad-profile` when there is no such folder.
 */
export function registerProfileFolder(folder: string): void {
  const path = resolve(folder);
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new MixnasError('bad-profile', `${folder}: no such folder of profiles.`);
  }
  registered.unshift(path);
}

/** Profiles that a script made, by name. */
const given = new Map<string, Profile>();

/**
 * Makes a profile known by its name, for this process: it is found before any file. A search copies it into its run.
 * @param data what a profile file would hold.
 * @returns the profile, checked.
 * @throws MixnasError `bad-profile` that names the field.
 */
export function registerProfile(data: unknown): Profile {
  const profile = parseProfile(data, 'The profile that was registered');
  given.set(profile.name, profile);
  return profile;
}

/** Folders that are searched for NAME.json, the user's own first. */
function profileFolders(): string[] {
  return [
    ...new Set([
      ...registered,
      join(process.cwd(), 'profiles'),
      userProfilesFolder(),
      join(packageRoot(), 'profiles'),
    ]),
  ];
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}

/** The file of a name in one of the folders. */
function fileOf(name: string): string | undefined {
  const paths = profileFolders().map((folder) => join(folder, `${name}.json`));
  return paths.find((path) => existsSync(path));
}

/** Names that a message lists at most. */
const mostNamed = 12;

/** The names that `loadProfile` finds, sorted: those of files, see also `fileName`. */
export function profileNames(): string[] {
  return [...new Set([...given.keys(), ...profileFolders().flatMap(namesIn)])].sort();
}

/** A setting of a CPU that has others: cores and threads. */
const setting = /^(.+-cpu)-.+-\d+t-(?:float|int8)$/;

/**
 * One profile of each device and unit, for what compares devices: of a CPU's settings one thread on the fastest core, and
 * of precisions the floating-point one, where those are there.
 */
export function usualProfiles(): string[] {
  const names = profileNames();
  const usual = (name: string): string => {
    const cpu = setting.exec(name)?.[1];
    return cpu === undefined ? name.replace(/-int8$/, '-fp16') : `${cpu}-big-1t-float`;
  };
  return names.filter((name) => usual(name) === name || !names.includes(usual(name)));
}

/**
 * The file of a profile: a path as it is (it has a slash or ends in .json), else NAME.json in a folder; where a script
 * registered the profile itself, NAME.json in the working directory, which need not exist.
 * @throws MixnasError `bad-profile` with the near names when there is none.
 */
export function profilePath(nameOrPath: string): string {
  if (nameOrPath.includes('/') || nameOrPath.includes('\\') || nameOrPath.endsWith('.json'))
    return nameOrPath;
  if (given.has(nameOrPath)) return `${nameOrPath}.json`;
  const found = fileOf(nameOrPath) ?? fileOf(fileName(nameOrPath));
  if (found !== undefined) return found;
  const names = profileNames();
  const near = nearest(nameOrPath, [...names, ...aliasNames]);
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '.';
  throw new MixnasError('bad-profile', `There is no profile called ${nameOrPath}${hint}`, {
    remedy:
      names.length > mostNamed
        ? `\`mixnas profile list --devices\` shows the ${names.length} there are. A path to a .json file works too.`
        : `Known profiles: ${names.join(', ')}. A path to a .json file works too.`,
  });
}

/**
 * Reads a profile by name, or from a path. It is called as it was asked for: both of a profile's names work, and so do
 * metrics and limits by either.
 * @throws MixnasError `bad-profile` when there is none (with the near names) or when the file is broken.
 */
export function loadProfile(nameOrPath: string): Profile {
  const known = given.get(nameOrPath);
  if (known) return known;
  const path = profilePath(nameOrPath);
  const profile = parseProfile(readJsonDocument(path, 'bad-profile'), path);
  return fileName(nameOrPath) === profile.name ? { ...profile, name: nameOrPath } : profile;
}
