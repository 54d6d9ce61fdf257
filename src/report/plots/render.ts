/** From a plot to SVG and PNG, without a browser and without the fonts of the machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printableLines } from '../../base/index.js';
import type { Plot } from './chart.js';
import { textWidth } from './theme.js';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escapeText = (text: string): string => text.replace(/[&<>]/g, (letter) => escapes[letter] as string);

/** The plot as an SVG file's text, with its title and description inside. Loads Vega the first time. */
export async function renderSvg({ spec, title, description, name }: Plot): Promise<string> {
  const vega = await import('vega');
  const { textMetrics } = vega as unknown as {
    textMetrics: { width: (item: TextItem, text: string) => number };
  };
  textMetrics.width = (item, text) => textWidth(text ?? item.text ?? '', item.fontSize ?? 11);
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  const words = `<title id="${name}-title">${escapeText(title)}</title><desc id="${name}-desc">${escapeText(description)}</desc>`;
  const titled = svg
    .replace(/ version="1.1" class="marks"/, ` role="img" aria-labelledby="${name}-title ${name}-desc"`)
    .replace(/ xmlns:xlink="[^"]*"/, '')
    .replace(/ aria-roledescription="[^"]*"/g, '')
    .replace(/>/, `>${words}`);
  // XML knows no control characters, which a name of somebody else's may hold.
  return printableLines(titled).replace(/[\ufffe\uffff]/g, '?');
}

/** What Vega hands over of a text. */
interface TextItem {
  readonly text?: string;
  readonly fontSize?: number;
}

/** Pixels of the PNG for one of the SVG. */
const density = 2;

/** SVG files as PNG, in their order. Text is drawn with the Inter that is installed with mixnas. */
export async function renderPngs(svgs: readonly string[]): Promise<Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-fonts-'));
  const before = { ...process.env };
  try {
    process.env['FONTCONFIG_FILE'] = writeFontConfig(folder);
    process.env['PANGOCAIRO_BACKEND'] = 'fontconfig';
    const { default: sharp } = await import('sharp');
    const images: Uint8Array[] = [];
    for (const svg of svgs) {
      images.push(
        await sharp(Buffer.from(svg), { density: 72 * density })
          .png({ compressionLevel: 9 })
          .toBuffer(),
      );
    }
    return images;
  } finally {
    for (const name of ['FONTCONFIG_FILE', 'PANGOCAIRO_BACKEND']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fontconfig reads this the first time the process draws text: the machine may have no fonts at all. */
function writeFontConfig(folder: string): string {
  const require = createRequire(import.meta.url);
  const fonts = dirname(require.resolve('@expo-google-fonts/inter/package.json'));
  const weights = ['400Regular', '600SemiBold'].map(
    (weight) => `<dir>${escapeText(join(fonts, weight))}</dir>`,
  );
  const path = join(folder, 'fonts.conf');
  writeFileSync(
    path,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>${weights.join('')}<cachedir>${escapeText(folder)}</cachedir></fontconfig>`,
  );
  return path;
}
