/** The worked block of docs/network-format.md is what the program prints today. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/base/index.js';
import {
  type LayerGraph,
  activations,
  lower,
  parseArchitecture,
  referenceArchitecture,
  referenceNames,
} from '../src/models/index.js';
import { blockSchema } from '../src/models/blocks/index.js';
import { variablesOf } from '../src/training/index.js';
import { answerOf, runCli } from './support/run-cli.js';

const page = readFileSync(join(packageRoot(), 'docs', 'network-format.md'), 'utf8');
const blocks = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
const [architecture = '', ops = '', weights = ''] = blocks;

const parsed = parseArchitecture(JSON.parse(architecture));

const folder = mkdtempSync(join(tmpdir(), 'mixnas-format-'));
const path = join(folder, 'worked.json');
beforeAll(() => writeFileSync(path, architecture));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docs/network-format.md', () => {
  it('holds the architecture as `mixnas show` prints it', async () => {
    expect(blocks).toHaveLength(3);
    expect((await runCli('show', path)).stdout).toBe(architecture);
  });

  it('holds the ops that `mixnas show --graph` prints', async () => {
    const graph = answerOf(await runCli('show', path, '--graph')) as LayerGraph;
    expect(graph.ops.length).toBeGreaterThan(30);
    expect(JSON.parse(ops)).toEqual(graph.ops);
  });

  it('holds the arrays of a weights file', () => {
    const shapes = Object.fromEntries(variablesOf(lower(parsed)).map(({ name, shape }) => [name, shape]));
    expect(JSON.parse(weights)).toEqual(shapes);
  });

  it('has a section or an item for every kind of block', () => {
    const kinds = blockSchema.options.map(({ shape }) => shape.op.value);
    expect(kinds.length).toBeGreaterThan(8);
    for (const kind of kinds) expect(page).toMatch(new RegExp(`^### .*${kind}`, 'm'));
  });

  it('has a row for every kind of op', () => {
    const graphs = [...referenceNames.map((name) => referenceArchitecture(name)), parsed].map((a) =>
      lower(a),
    );
    const kinds = new Set(graphs.flatMap((graph) => graph.ops.map(({ kind }) => kind)));
    expect(kinds.size).toBeGreaterThan(15);
    for (const kind of kinds) expect(page).toContain(`\n| \`${kind}\` | `);
  });

  it('has a formula for every activation', () => {
    for (const name of activations) expect(page).toMatch(new RegExp(`^\\| .*\`${name}\``, 'm'));
  });
});
