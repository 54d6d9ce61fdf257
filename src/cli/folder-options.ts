/** Options that only a folder of images has. */
import { MixnasError } from '../base/index.js';

type DataSpec = ReturnType<typeof import('../app/index.js')['parseDataset']>;

export interface FolderOptions {
  readonly dataset?: string;
  readonly testShare?: number;
  readonly white?: number;
  readonly memory?: number;
  readonly disk?: number;
}

const flags = { testShare: '--test-share', white: '--white', memory: '--memory', disk: '--disk' } as const;
export const folderOptionNames = Object.keys(flags) as readonly (keyof typeof flags)[];

const given = (options: FolderOptions) => folderOptionNames.filter((name) => options[name] !== undefined);

/** The data with what was said of its folder. @throws MixnasError `bad-usage` for other data. */
export function withFolderOptions(data: DataSpec, options: FolderOptions): DataSpec {
  const [first, ...rest] = given(options);
  if (first === undefined) return data;
  if (data.name !== 'folder') {
    throw new MixnasError('bad-usage', `${flags[first]}: ${data.name} is not a folder of images.`, {
      remedy: `Leave ${[first, ...rest].map((name) => flags[name]).join(' and ')} out.`,
    });
  }
  return { ...data, ...Object.fromEntries([first, ...rest].map((name) => [name, options[name]])) };
}

/** Recorded data is what it was recorded as. */
export function refuseLoneFolderOptions(options: FolderOptions): void {
  const [first] = given(options);
  if (first === undefined || options.dataset !== undefined) return;
  throw new MixnasError('bad-usage', `${flags[first]} needs --dataset: other data is as it was recorded.`, {
    remedy: `Name the folder with --dataset, or leave ${flags[first]} out.`,
  });
}
