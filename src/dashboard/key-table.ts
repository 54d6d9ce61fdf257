/** The keys as the documentation lists them, from the table that handles them. */
import { bindings, exceptOn, keyLabel } from './bindings.js';

const keyText = (key: string): string => (key === '`' ? '`` ` ``' : `\`${keyLabel(key)}\``);

/** The table of keys in Markdown. */
export function keyTable(): string {
  const rows = bindings.map((binding) => {
    const { keys, help, on, live } = binding;
    const except = exceptOn(binding);
    const where = on ? on.join(', ') : `everywhere${except.length > 0 ? ` but ${except.join(', ')}` : ''}`;
    return `| ${keys.map(keyText).join(' ')} | ${help} | ${where}${live ? '; while a search runs' : ''} | \`${binding.action}\` |`;
  });
  return ['| key | does | on | action |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const [begin, end] = ['<!-- keys -->', '<!-- /keys -->'];

/** A page with the table between its two marks brought up to date. */
export function withKeyTable(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) return page;
  return `${page.slice(0, from + begin.length)}\n${keyTable()}\n${page.slice(to)}`;
}
