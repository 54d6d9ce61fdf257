/**
 * The dashboard as one file: 300 modules take three times as long to load as to run. Left out are what it shares
 * with whoever opens it (`base`, whose errors must be of one class), and what it loads later or not at all.
 */
import { join } from 'node:path';

/** Messages of zod in forty languages, of which English is the one that is used. */
const otherLanguages = {
  name: 'other-languages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /locales\/index\.js$/ }, ({ path }) => ({ path, namespace: 'languages' }));
    onLoad({ filter: /.*/, namespace: 'languages' }, () => ({ contents: 'export {}' }));
  },
};

const outside = {
  name: 'outside',
  setup({ onResolve }) {
    onResolve({ filter: /base\/index\.js$/ }, () => ({ path: '../base/index.js', external: true }));
    // Loaded after the first frame: within the file, what it imports would be loaded before.
    onResolve({ filter: /\/keyboard\.js$/ }, () => ({ path: './keyboard.js', external: true }));
  },
};

/** Writes `dist/dashboard/open.bundle.js`. Without esbuild, in an install for use alone, that is left as it came. */
export async function bundleDashboard(dist) {
  const esbuild = await import('esbuild').catch(() => undefined);
  await esbuild?.build({
    entryPoints: [join(dist, 'dashboard', 'open.js')],
    outfile: join(dist, 'dashboard', 'open.bundle.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    external: ['ink', 'react', 'mathjs', 'yaml', 'sharp'],
    plugins: [outside, otherLanguages],
    logLevel: 'warning',
  });
}
