/** The second rung: tfjs-node built in the cache against the library of a TensorFlow wheel. */
import {
  copyFileSync,
  existsSync,
  readdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, folderName, packagePath } from './cache.mjs';
import native from './native.cjs';
import { probe } from './probe.mjs';
import { childEnvironment, npmCommand, run } from './run.mjs';
import {
  consent,
  downloadWheel,
  findPip,
  findPython,
  isKnownPlatform,
  unpackWheel,
  wheelFault,
} from './wheel.mjs';

/** Why a build failed: what to say to the user, and the output of what failed. */
export class BuildFailure extends Error {
  constructor(message, climb, output = '') {
    super(message);
    this.climb = climb;
    this.output = output;
  }
}

const neededBytes = 3e9; // wheel, libraries, headers, packages; a third of it stays

/** Throws unless all that a build needs is there; asked before anything is downloaded. */
function requirements() {
  const python = findPython();
  const pip = findPip();
  const compilers = [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean);
  const missing = [
    python ? [] : ['Python 3'],
    pip ? [] : ['pip (python3-pip)'],
    run(['make', '--version']).ok ? [] : ['make'],
    compilers.some((name) => run([name, '--version']).ok) ? [] : ['a C++ compiler (g++)'],
  ].flat();
  if (missing.length > 0) {
    const list = missing.join(', ');
    throw new BuildFailure(
      `it cannot be built without ${list}`,
      `install ${list}, then run npm install again`,
    );
  }
  if (!isKnownPlatform()) {
    throw new BuildFailure(
      `mixnas knows the SHA-256 of no TensorFlow wheel for ${process.platform}-${process.arch}`,
      consent('the SHA-256 of the wheel that you trust'),
    );
  }
  const { bavail, bsize } = statfsSync(cacheFolder());
  if (bavail * bsize < neededBytes) {
    throw new BuildFailure(
      `${cacheFolder()} has less than 3 GB free`,
      'free 3 GB or set MIXNAS_CACHE to a folder with more room, then run npm install again',
    );
  }
  return { python, pip };
}

/** What the binding's build calls the libraries, and what they are called in a wheel. */
const libraries =
  process.platform === 'darwin'
    ? {
        'libtensorflow_cc.2.dylib': ['libtensorflow.dylib', 'libtensorflow.2.dylib'],
        'libtensorflow_framework.2.dylib': ['libtensorflow_framework.dylib'],
      }
    : {
        'libtensorflow_cc.so.2': ['libtensorflow.so', 'libtensorflow.so.2', 'libtensorflow.so.2.9.1'],
        'libtensorflow_framework.so.2': ['libtensorflow_framework.so', 'libtensorflow_framework.so.2.9.1'],
      };

function linkLibraries(lib) {
  for (const [file, names] of Object.entries(libraries)) {
    if (!existsSync(join(lib, file)))
      throw new BuildFailure(`the TensorFlow wheel has no ${file}`, 'report this');
    for (const name of names) symlinkSync(file, join(lib, name));
  }
}

/** Compiles the binding, and returns its path within the package. */
function compile(target) {
  // Through npm, which brings node-gyp along.
  const done = run([...npmCommand(), 'run', 'build-addon-from-source'], {
    cwd: target,
    env: childEnvironment(),
    minutes: 15,
  });
  const folder = existsSync(join(target, 'lib')) ? readdirSync(join(target, 'lib'))[0] : undefined;
  if (!done.ok || !folder) {
    throw new BuildFailure(
      'its binding did not compile',
      'see the log for what the compiler lacks',
      done.output,
    );
  }
  const binding = join('lib', folder, 'tfjs_binding.node');
  if (process.platform === 'darwin') {
    // binding.gyp rewrites the load path of the library by its usual name, which is not the wheel's.
    const name = 'libtensorflow_cc.2.dylib';
    run([
      'install_name_tool',
      '-change',
      `@rpath/${name}`,
      `@loader_path/../../deps/lib/${name}`,
      join(target, binding),
    ]);
  }
  return binding;
}

/** The package and its dependencies from the registry, by the user's npm and settings, without scripts. */
function fetchPackage(folder, version) {
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { '@tensorflow/tfjs-node': version } }),
  );
  // A project's own .npmrc may name the registry. It may hold a token, too: it must not stay here.
  const project = process.env.npm_config_local_prefix ?? process.env.INIT_CWD ?? '';
  const settings = join(folder, '.npmrc');
  if (existsSync(join(project, '.npmrc'))) copyFileSync(join(project, '.npmrc'), settings);
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = run([...npmCommand(), 'install', ...options], {
    cwd: folder,
    env: childEnvironment(),
    minutes: 10,
  });
  rmSync(settings, { force: true });
  if (!done.ok || !existsSync(join(folder, packagePath))) {
    throw new BuildFailure(
      'the npm registry could not be reached for its source',
      'run npm install with a network, or with a registry that has @tensorflow/tfjs-node',
      done.output,
    );
  }
}

/**
 * Builds tfjs-node `version` in the cache.
 * @param {(line: string) => void} say
 * @returns the build's folder and TensorFlow's version
 * @throws BuildFailure
 */
export async function build(version, say) {
  const umask = process.umask(0o077); // for the programs started here, too: nobody else writes to a build
  const building = native.openBuildFolder(cacheFolder());
  try {
    const { python, pip } = requirements();
    say(`fetching tfjs-node ${version} from the npm registry`);
    fetchPackage(building, version);

    say('fetching the TensorFlow library with pip (about 270 MB)');
    const download = downloadWheel(pip, join(building, 'wheel'));
    if (!download.wheel) {
      throw new BuildFailure(
        'pip found no tensorflow-cpu for this machine',
        'run npm install with a network, or with an index that has tensorflow-cpu',
        download.output,
      );
    }
    const target = join(building, packagePath);
    const deps = join(target, 'deps');
    const doubt = wheelFault(download.wheel);
    if (doubt) throw new BuildFailure(doubt, consent(native.sha256(download.wheel)), download.output);
    const unpacked = unpackWheel(python, download.wheel, deps);
    if (!unpacked.ok)
      throw new BuildFailure('the TensorFlow wheel is broken', 'run npm install again', unpacked.output);
    rmSync(dirname(download.wheel), { recursive: true });
    linkLibraries(join(deps, 'lib'));

    say(`building it against TensorFlow ${download.version} (half a minute)`);
    const binding = compile(target);
    rmSync(join(deps, 'include'), { recursive: true });
    rmSync(join(target, 'build'), { recursive: true, force: true });

    const { tensorflow, fault } = probe(target);
    if (!tensorflow) throw new BuildFailure(`it was built but does not run: ${fault}`, 'see the log', fault);
    const files = [...Object.keys(libraries).map((name) => join('deps', 'lib', name)), binding];
    const paths = files.map((path) => join(packagePath, path));
    native.writeManifest(building, paths, { tensorflow });
    return { folder: native.publish(building, folderName(version, tensorflow)), tensorflow };
  } finally {
    process.umask(umask);
    rmSync(building, { recursive: true, force: true });
  }
}
