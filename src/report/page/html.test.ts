import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHtml, html } from './html.js';
import { withPageColours } from './style.js';

test('text that is put into a page can neither open a tag nor leave an attribute', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(html`<p title="${text}">${text}</p>`.text).toBe(
        `<p title="${escapeHtml(text)}">${escapeHtml(text)}</p>`,
      );
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
    }),
  );
});

test('HTML made here is left as it is; nothing and false are left out, lists joined', () => {
  expect(html`<ul>${[html`<li>`, undefined, false, 0]}</ul>`.text).toBe('<ul><li>0</ul>');
});

test('colours of a plot become custom properties of the page', () => {
  expect(withPageColours('<path fill="#0a63b8"/>')).toBe('<path fill="var(--front)"/>');
});
