/** The page that `export --web` writes: a picture is classified in Chromium as the network classifies it in Node. */
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { type Browser, type Page, chromium } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { exportNetworks } from '../../src/app/index.js';
import { createRandom } from '../../src/base/index.js';
import { loadLiteRt } from '../../src/export/index.js';
import { chromiumPath, flags } from './chromium.js';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
const size = 24;

let folder: string;
let web: string;
let server: Server;
let address: string;
let browser: Browser;
let page: Page;
let complaints: string[];
/** A picture of noise, exactly as large as the networks want it, so that nothing is resized. */
let pixels: Uint8Array;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mixnas-web-'));
  web = join(folder, 'page');
  const block = {
    op: 'inverted-residual',
    kernels: [3, 5],
    expansion: 2,
    activation: 'swish',
    seRatio: 0.25,
    out: 8,
  };
  const network = { resolution: size, classes: 7, stem: { out: 8 }, blocks: [block], head: { out: 16 } };
  writeFileSync(join(folder, 'net.json'), JSON.stringify(network));
  await exportNetworks(join(folder, 'net.json'), { web, images: 2 });
  const random = createRandom('picture');
  pixels = Uint8Array.from({ length: size * size * 3 }, () => Math.floor(256 * random.next()));
  await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toFile(join(folder, 'picture.png'));
  server = createServer((request, response) => {
    const path = join(
      web,
      normalize(new URL(request.url ?? '/', 'http://x').pathname).replace(/\/$/, '/index.html'),
    );
    if (!path.startsWith(web) || !existsSync(path) || !statSync(path).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await chromium.launch({ executablePath: chromiumPath(), args: flags });
});
afterAll(async () => {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  complaints = [];
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // LiteRT says how it starts as if that were an error.
    if (message.type() !== 'error' || /^(?:INFO|WARNING): /.test(message.text())) return;
    complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !/^(?:blob|data):/.test(request.url())) {
      complaints.push(`request: ${request.url().slice(0, 80)}`);
    }
  });
  await page.goto(address);
  await page.locator('#status', { hasText: /^Ready\.$/ }).waitFor({ timeout: 90_000 });
});
afterEach(async () => {
  await page.close();
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
});

const rows = () =>
  page.evaluate<{ label: string; probability: number }[]>(
    `[...document.querySelectorAll('#classes li')].map((row) => ({ label: row.children[0].textContent, probability: Number(row.querySelector('output').dataset.probability) }))`,
  );

/** What LiteRT in Node makes of the same picture, most likely first. */
async function expected() {
  const runtime = await loadLiteRt();
  const [entry] = JSON.parse(readFileSync(join(web, 'models', 'models.json'), 'utf8')) as {
    file: string;
    mean: number[];
    std: number[];
    labels: string[];
  }[];
  if (!runtime || !entry) throw new Error('LiteRT is needed');
  const model = await runtime.load(readFileSync(join(web, 'models', entry.file)));
  const image = Float32Array.from(
    pixels,
    (value, i) => (value / 255 - (entry.mean[i % 3] as number)) / (entry.std[i % 3] as number),
  );
  const logits = [...(await model.run(image))];
  model.dispose();
  const powers = logits.map((logit) => Math.exp(logit));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers
    .map((power, i) => ({ label: entry.labels[i] as string, probability: power / sum }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 5);
}

async function checkRows(): Promise<void> {
  await expect.poll(() => page.locator('#classes li').count(), { timeout: 60_000 }).toBe(5);
  const [seen, wanted] = [await rows(), await expected()];
  expect(seen.map(({ label }) => label)).toEqual(wanted.map(({ label }) => label));
  seen.forEach(({ probability }, i) => expect(probability).toBeCloseTo(wanted[i]?.probability ?? 0, 4));
  expect(await page.locator('#status').textContent()).toMatch(/^Classified in [\d.]+ ms\.$/);
}

test('a file that is chosen is classified as the network classifies it, with labels, five of seven', async () => {
  await page.setInputFiles('#file', join(folder, 'picture.png'));
  await checkRows();
  expect(await page.locator('#about').textContent()).toBe(`${size}x${size} pixels, 7 classes.`);
});

test('so is a picture that is dropped; what is no picture is said to be none', async () => {
  const drop = (name: string, base64: string, type: string) =>
    page.evaluate(
      `{
        const bytes = Uint8Array.from(atob('${base64}'), (c) => c.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], '${name}', { type: '${type}' }));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      }`,
    );
  await drop('notes.txt', Buffer.from('no picture').toString('base64'), 'text/plain');
  await expect
    .poll(() => page.locator('#status').textContent())
    .toBe('notes.txt is not a picture that this browser reads.');
  await drop('picture.png', readFileSync(join(folder, 'picture.png')).toString('base64'), 'image/png');
  await checkRows();
});

test('the folder holds all that the page asks for: nothing comes from elsewhere', () => {
  expect(readdirSync(web).toSorted()).toEqual(['index.html', 'litert', 'models', 'page.css', 'page.js']);
  expect(readdirSync(join(web, 'models')).toSorted()).toEqual(['models.json', 'net.tflite']);
  for (const file of ['index.html', 'page.js', 'page.css']) {
    expect(readFileSync(join(web, file), 'utf8')).not.toMatch(/https?:\/\//);
  }
});
