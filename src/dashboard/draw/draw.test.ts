import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paintLine } from './ansi.js';
import { createPlot } from './axes.js';
import {
  sideBySide,
  cut,
  fit,
  fitBlock,
  type Line,
  lineWidth,
  plainLine,
  plainText,
  span,
  textWidth,
  wrapText,
} from './block.js';
import { createCanvas } from './canvas.js';
import { toAscii } from './glyphs.js';
import { position, scaleOver, ticks, valueAt } from './scale.js';
import { scatter } from './scatter.js';
import { blockToSvg } from './svg.js';
import { table } from './table.js';

const text = fc.string({ unit: fc.constantFrom('a', 'Z', '7', ' ', '●', '界', 'é', '👍') });
const content: fc.Arbitrary<Line> = fc.array(
  text.map((t) => ({ text: t })),
  { maxLength: 6 },
);

describe('blocks', () => {
  it('a fitted line has exactly the width asked for', () => {
    fc.assert(
      fc.property(content, fc.nat(40), fc.constantFrom('left', 'right', 'center'), (row, width, align) => {
        expect(lineWidth(fit(row, width, align as 'left'))).toBe(width);
      }),
    );
  });

  it('fitting leaves a line that is as wide as asked for unchanged', () => {
    fc.assert(
      fc.property(content, (row) => {
        expect(plainLine(fit(row, lineWidth(row)))).toBe(plainLine(row));
      }),
    );
  });

  it('a cut text ends with the mark and is not wider than asked for', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (word, width) => {
        const short = cut(word, width);
        expect(textWidth(short)).toBeLessThanOrEqual(width);
        expect(short === word || short.endsWith('…')).toBe(true);
      }),
    );
  });

  it('a wrapped text is whole, and no line is wider than asked for', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 30 }), (words, width) => {
        const lines = wrapText(words, width);
        for (const one of lines) expect(textWidth(one)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(/\s/g, '')).toBe(words.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('blocks side by side are as tall as the tallest and as wide as their widths', () => {
    const left = { block: [[{ text: 'a' }]], width: 3 };
    const right = { block: [[{ text: 'bb' }], [{ text: 'c' }]], width: 2 };
    expect(sideBySide(left, right).map((row) => row.map((s) => s.text).join(''))).toEqual(['a  bb', '   c ']);
  });

  it('a fitted block has the height asked for', () => {
    expect(fitBlock([], 4, 3).map(lineWidth)).toEqual([4, 4, 4]);
    expect(fitBlock([[{ text: 'one' }], [{ text: 'two' }]], 3, 1).map(plainLine)).toEqual(['one']);
  });

  it('text from outside cannot move the cursor', () => {
    expect(plainLine([{ text: 'a\u001b[2Jb\n\u202ec' }])).toBe('a?[2Jb??c');
  });
});

describe('glyphs and colours', () => {
  it('an ASCII theme prints nothing but ASCII, at the same width', () => {
    const drawing = '●★×◆◉■·…─│┊┌┐└┘├┤┬┴┼╭╮╰╯▸→≤±█░✓✗⚠';
    expect(toAscii(drawing)).toMatch(/^[\x20-\x7e]+$/);
    expect(toAscii(drawing)).toHaveLength(textWidth(drawing));
    expect(toAscii(drawing)).not.toContain('?');
  });

  it('NO_COLOR keeps bold and inverse, which are no colours', () => {
    const row: Line = [
      { text: 'x', role: 'bad', bold: true },
      { text: 'y', role: 'good' },
    ];
    expect(paintLine(row, { colours: 'none', glyphs: 'braille' })).toBe('\u001b[1mx\u001b[0my');
    expect(paintLine(row, { colours: '16', glyphs: 'braille' })).toBe(
      '\u001b[1;31mx\u001b[0m\u001b[32my\u001b[0m',
    );
    expect(paintLine(row, { colours: '256', glyphs: 'ascii' })).toContain('38;5;166mx');
    expect(paintLine(row, { colours: 'true', glyphs: 'ascii' })).toContain('38;2;213;94;0mx');
  });
});

describe('scales', () => {
  const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

  it('a position maps back to its value, linear and logarithmic', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e6, noNaN: true }), fc.boolean(), (value, log) => {
        const scale = scaleOver([0.001, 1e6], log);
        expect(valueAt(scale, position(scale, value)) / value).toBeCloseTo(1, 6);
      }),
    );
  });

  it('ticks rise, lie within the scale and are no more than about the count', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), fc.integer({ min: 1, max: 12 }), (values, count) => {
        const scale = scaleOver(values);
        const marks = ticks(scale, count);
        expect(marks.length).toBeLessThanOrEqual(count + 1);
        expect(marks.every((v, i) => i === 0 || v > (marks[i - 1] as number))).toBe(true);
        const room = (scale.max - scale.min) * 1e-6;
        expect(marks.every((v) => v >= scale.min - room && v <= scale.max + room)).toBe(true);
      }),
    );
  });

  it('values that differ by rounding alone have room around them', () => {
    for (const values of [[5e-324, -5e-324], [1e6, 1e6 + 2e-10], [3]]) {
      const { min, max } = scaleOver(values);
      expect(max - min).toBeGreaterThan(1e-9);
      expect(ticks({ min, max, log: false }, 5).length).toBeGreaterThan(1);
    }
  });

  it('ticks of a logarithmic scale are round numbers', () => {
    expect(ticks({ min: 0.8, max: 130, log: true }, 8)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(ticks({ min: 0.8, max: 130, log: true }, 3)).toEqual([1, 10, 100]);
  });
});

describe('plots', () => {
  it('a braille canvas has eight dots to a character', () => {
    const canvas = createCanvas(1, 1, 'braille');
    for (let i = 0; i < 8; i++) canvas.dot(i % 2, Math.floor(i / 2), 'text', 0);
    expect(plainText(canvas.toBlock())).toBe('\u28ff');
  });

  it('a block canvas has four, an ASCII one a single dot', () => {
    const block = createCanvas(1, 1, 'block');
    block.dot(1, 0, 'text', 0);
    expect(plainText(block.toBlock())).toBe('▝');
    const ascii = createCanvas(2, 1, 'ascii');
    ascii.dot(1, 0, 'text', 0);
    expect(plainText(ascii.toBlock())).toBe(' .');
  });

  it('a plot has exactly the size asked for, at any size', () => {
    const axis = (label: string) => ({
      label,
      scale: scaleOver([0, 12.5]),
      format: (v: number) => v.toFixed(1),
    });
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 120 }), fc.integer({ min: 5, max: 50 }), (width, height) => {
        const block = createPlot(width, height, axis('latency'), axis('accuracy'), 'braille').finish();
        expect(block).toHaveLength(height);
        expect(block.map(lineWidth)).toEqual(new Array(height).fill(width));
      }),
    );
  });

  it('a scatter shows front, limit and reference, and says where a point is', () => {
    const axis = (label: string) => ({ label, scale: { min: 0, max: 10, log: false }, format: String });
    const drawn = scatter({
      width: 40,
      height: 14,
      x: axis('ms'),
      y: axis('acc'),
      clouds: [{ xs: [1, 2], ys: [1, 2], kinds: new Uint8Array(2), kind: 0, role: 'dominated' }],
      before: [],
      staircase: [
        { x: 2, y: 4 },
        { x: 6, y: 8 },
      ],
      marks: [
        { x: 2, y: 4, glyph: '●', role: 'front' },
        { x: 6, y: 8, glyph: '●', role: 'front' },
        { x: 8, y: 5, glyph: '◆', role: 'reference', label: 'mixnet-s' },
      ],
      limitX: 9,
      glyphs: 'ascii',
    });
    const rows = drawn.block.map((row) => row.map((s) => s.text).join(''));
    const at = drawn.place(6, 8);
    expect(at && Array.from(rows[at.row] as string)[at.column]).toBe('●');
    expect(rows.join('\n')).toContain('mixnet-s');
    expect(rows.filter((row) => row.includes('┊')).length).toBeGreaterThan(8);
    expect(drawn.place(11, 8)).toBeUndefined();
  });
});

describe('tables', () => {
  it('aligns columns and sheds the least important ones when the width is short', () => {
    const columns = [{ title: 'id' }, { title: 'notes', sheds: 2 }, { title: 'ms', align: 'right' as const }];
    const rows = [
      ['1', 'first', '12.5'],
      ['2', 'second', '3.0'],
    ];
    expect(plainText(table(columns, rows))).toBe('id  notes     ms\n1   first   12.5\n2   second   3.0');
    expect(plainText(table(columns, rows, 10))).toBe('id    ms\n1   12.5\n2    3.0');
  });
});

it('in a picture, dots and lines stand in their cells whatever font draws them', () => {
  const svg = blockToSvg([[span('ab '), span('⣀⣀⣰')]], 'a picture');
  expect(svg).toContain('<text x="10.0" textLength="16.8"');
  expect(svg).toContain('<text x="35.2 43.6 52.0"');
});
