import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Box, placeLabels } from './labels.js';
import { placeNames } from './named-lines.js';
import { costScale, qualityScale } from './scale.js';
import { palette, textWidth } from './theme.js';

/** Relative luminance of `#rrggbb` (WCAG 2). */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

test('every colour that text is written in has a contrast of 4.5 on its paper, light and dark', () => {
  const { paper, grid: _, faint: __, ...inks } = palette;
  for (const theme of [0, 1] as const) {
    for (const [role, colours] of Object.entries(inks)) {
      expect(contrast(colours[theme], paper[theme]), `${role} ${colours[theme]}`).toBeGreaterThan(4.5);
    }
  }
});

test('no two roles share a light colour, so that each can be exchanged for its dark one', () => {
  const colours = Object.values(palette).map(([light]) => light);
  expect(new Set(colours).size).toBe(colours.length);
});

const distance = ({ left, right, top, bottom }: Box, { x, y }: { x: number; y: number }) =>
  Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));

const overlap = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

test('labels never cover each other, a point or an obstacle, name the nearest point, and stay inside', () => {
  const coordinate = fc.integer({ min: 0, max: 300 });
  const points = fc.array(
    fc.record({ x: coordinate, y: coordinate, text: fc.constantFrom('#1', '#25', '#1234') }),
    { maxLength: 40 },
  );
  const obstacle = { left: 100, right: 104, top: 0, bottom: 300 };
  const area = { left: 0, right: 300, top: 0, bottom: 300 };
  fc.assert(
    fc.property(points, (given) => {
      const labels = placeLabels(given, 11, area, [obstacle]);
      const boxes = labels.map(
        ({ x, y, text }): Box => ({ left: x, right: x + textWidth(text, 11), top: y - 5.5, bottom: y + 5.5 }),
      );
      labels.forEach(({ index }, i) => {
        const away = given.map((point) => distance(boxes[i] as Box, point));
        expect(away[index]).toBe(Math.min(...away));
      });
      boxes.forEach((box, i) => {
        expect(overlap(box, obstacle)).toBe(false);
        expect(boxes.slice(i + 1).some((other) => overlap(box, other))).toBe(false);
        for (const { x, y } of given) {
          expect(overlap(box, { left: x, right: x + 1e-9, top: y, bottom: y + 1e-9 })).toBe(false);
        }
        expect(box.left >= 0 && box.right <= 300 && box.top >= 0 && box.bottom <= 300).toBe(true);
      });
    }),
  );
});

test('names over lines never cover each other, however many lines there are, and stay above the plot', () => {
  const lines = fc.array(
    fc.record({
      x: fc.double({ min: 0, max: 480, noNaN: true }),
      name: fc.constantFrom('limit', 'mixnet-s'),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(lines, (given) => {
      const boxes = placeNames(given, { width: 480, right: 24 });
      boxes.forEach((box, i) => {
        expect(boxes.slice(i + 1).some((other) => overlap(box, other))).toBe(false);
        expect(box.left >= 0 && box.right <= 504 && box.bottom <= 0).toBe(true);
      });
    }),
  );
});

test('a lone point is labelled', () => {
  const area = { left: 0, right: 100, top: 0, bottom: 100 };
  expect(placeLabels([{ x: 50, y: 50, text: '#7' }], 11, area, [])).toMatchObject([{ text: '#7', index: 0 }]);
});

test('axes hold all their values; costs grow to the right, quality upwards; one value is no trouble', () => {
  const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, (given) => {
      const [x, y] = [costScale(given, 500), qualityScale(given, 300)];
      const sorted = given.toSorted((a, b) => a - b);
      for (const scale of [x, y]) expect(scale.domain[0]).toBeLessThan(scale.domain[1]);
      for (const value of sorted) {
        expect(x.pixel(value)).toBeGreaterThanOrEqual(0);
        expect(x.pixel(value)).toBeLessThanOrEqual(500);
        expect(y.pixel(value)).toBeGreaterThanOrEqual(0);
        expect(y.pixel(value)).toBeLessThanOrEqual(300);
      }
      sorted.slice(1).forEach((value, i) => {
        const before = sorted[i] as number;
        expect(x.pixel(value)).toBeGreaterThanOrEqual(x.pixel(before));
        expect(y.pixel(value)).toBeLessThanOrEqual(y.pixel(before));
      });
    }),
  );
});
