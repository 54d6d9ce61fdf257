/** From what the operating system refuses to a sentence that a user understands. */
import { MixnasError } from '../errors.js';

interface Refusal {
  readonly says: string;
  readonly remedy: string;
}

const noSpace: Refusal = {
  says: 'the disk is full',
  remedy: 'Free some space, then run `mixnas resume` to continue.',
};
const notWritable = (code: string): Refusal => ({
  says: `not writable (${code})`,
  remedy: 'Choose a folder you may write to.',
});
const noFiles = (code: string): Refusal => ({
  says: `no more files can be opened (${code})`,
  remedy: 'Raise the limit on open files: `ulimit -n 1024`.',
});

const refusals: Readonly<Record<string, Refusal>> = {
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  EROFS: notWritable('EROFS'),
  EACCES: notWritable('EACCES'),
  EPERM: notWritable('EPERM'),
  EFBIG: {
    says: 'the file would be larger than the system allows',
    remedy: 'Raise the limit on file sizes: `ulimit -f unlimited`.',
  },
  EMFILE: noFiles('EMFILE'),
  ENFILE: noFiles('ENFILE'),
  ENOTDIR: { says: 'a part of this path is a file, not a folder', remedy: 'Choose another path.' },
  EISDIR: { says: 'a folder is where a file belongs', remedy: 'Move the folder, or choose another path.' },
  ELOOP: {
    says: 'a symbolic link is where a file belongs',
    remedy: 'Put the file itself there, or choose another path.',
  },
  ENAMETOOLONG: { says: 'the name is too long', remedy: 'Choose a shorter one.' },
};

type SystemError = Partial<NodeJS.ErrnoException> | undefined;

/** A `no-space` error when the cause is a disk that cannot be written as it is, else undefined. */
export function asDiskError(error: unknown, path: string): MixnasError | undefined {
  const refusal = refusals[(error as SystemError)?.code ?? ''];
  return (
    refusal &&
    new MixnasError('no-space', `${path}: ${refusal.says}.`, { remedy: refusal.remedy, cause: error })
  );
}

/** Any refusal of the operating system as one sentence; undefined for an error of another kind. */
export function asSystemError(error: unknown): MixnasError | undefined {
  const { code, syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code !== 'string' || (syscall === undefined && !(code in refusals))) return undefined;
  const where = path ?? syscall ?? 'The system';
  return (
    asDiskError(error, where) ??
    new MixnasError('no-space', `${where}: the system refuses it (${code}).`, { cause: error })
  );
}
