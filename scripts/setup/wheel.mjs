/** TensorFlow's C library, out of a Python wheel of `tensorflow-cpu`. */
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import native from './native.cjs';
import { childEnvironment, run } from './run.mjs';

/**
 * The wheels whose library mixnas was tried with, by platform: each as its index at pypi.org describes it. Another one
 * is taken only when the user names its SHA-256 in `MIXNAS_TENSORFLOW_WHEEL`.
 */
const known = {
  'linux-x64': {
    requirement: 'tensorflow-cpu==2.21.0',
    python: '3.11',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  },
};
const here = known[`${process.platform}-${process.arch}`];

const named = () => process.env.MIXNAS_TENSORFLOW_WHEEL?.trim().toLowerCase() || undefined;

/** Whether there is a wheel that may be used here: one that we know, or one that the user names. */
export const isKnownPlatform = () => here !== undefined || named() !== undefined;

/** Why a downloaded wheel may not be used, or undefined. */
export function wheelFault(wheel) {
  const sha256 = native.sha256(wheel);
  if (sha256 === named() || Object.values(known).some((entry) => entry.sha256 === sha256)) return undefined;
  return `pip gave ${basename(wheel)}, whose SHA-256 ${sha256} mixnas does not know`;
}

/** How a user consents to a wheel. */
export const consent = (sha256) =>
  `set MIXNAS_TENSORFLOW_WHEEL=${sha256} to use it all the same, then run npm install again`;

/** Newer ones are not known to work with tfjs-node 4.22's binding. */
const versions = '>=2.10,<2.22';

/** Where `tensorflow-cpu` has no wheel, plain `tensorflow` is one without GPU code. */
const packages =
  process.platform === 'linux' && process.arch === 'x64'
    ? ['tensorflow-cpu']
    : ['tensorflow-cpu', 'tensorflow'];

/** Any Python's wheel will do, as only the library in it is used: the local one's first. */
const pythonVersions = [undefined, '3.12', '3.11', '3.10'];

/** A Python 3, or undefined. */
export function findPython() {
  return ['python3', 'python'].find(
    (name) => run([name, '-c', 'import sys, zipfile; assert sys.version_info >= (3, 6)']).ok,
  );
}

/** How to call pip, or undefined. */
export function findPip() {
  const ways = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
  return ways.find((way) => run([...way, '--version']).ok);
}

/**
 * Downloads a wheel.
 * @returns {{ wheel?: string, version?: string, output: string }}
 */
export function downloadWheel(pip, folder) {
  mkdirSync(folder, { recursive: true });
  let output = '';
  const wanted = packages.flatMap((name) =>
    pythonVersions.map((python) => ({ requirement: `${name}${versions}`, python })),
  );
  // The wheel that the user names may be any; without one, nothing else is downloaded than what we know.
  for (const { requirement, python } of named() ? wanted : [here]) {
    const any = python ? ['--python-version', python] : [];
    const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--progress-bar=off'];
    const done = run([...pip, 'download', ...options, ...any, '--dest', folder, requirement], {
      env: { ...childEnvironment(), PIP_NO_INPUT: '1' },
      minutes: 30,
    });
    output += done.output;
    const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
    if (done.ok && wheel) return { wheel: join(folder, wheel), version: wheel.split('-')[1], output };
  }
  return { output };
}

const unpackScript = `
import os, shutil, sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        top, _, path = entry.filename.partition('/')
        library = path.startswith(('libtensorflow_cc.', 'libtensorflow_framework.'))
        if top != 'tensorflow' or entry.is_dir() or not (library or path.startswith('include/')):
            continue
        path = os.path.join(target, 'lib' if library else '', path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(entry) as source, open(path, 'wb') as file:
            shutil.copyfileobj(source, file, 1 << 20)
`;

/** Unpacks the libraries into `deps/lib` and the headers into `deps/include`. */
export function unpackWheel(python, wheel, deps) {
  return run([python, '-c', unpackScript, wheel, deps], { minutes: 10 });
}
