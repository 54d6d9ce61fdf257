/**
 * The page's script: what a mark says when it is pointed at or reached by the arrow keys, and tables that
 * sort. The page says the same without it, in its tables and captions.
 */
export const script = `
'use strict';
const tip = document.getElementById('tip');

function show(mark, x, y) {
  const [name, ...lines] = mark.getAttribute('aria-label').split('; ');
  const title = document.createElement('b');
  title.textContent = name;
  tip.replaceChildren(title, ...lines.flatMap((line) => [line, document.createElement('br')]));
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - width - 8)) + 'px';
  tip.style.top = (y + 16 + height > innerHeight ? Math.max(8, y - height - 14) : y + 16) + 'px';
}

for (const svg of document.querySelectorAll('.plot svg')) {
  const marks = [...svg.querySelectorAll('.role-mark > [aria-label]')];
  // The title would be a second tooltip, over the whole plot.
  const title = svg.querySelector('title');
  svg.setAttribute('aria-label', title.textContent);
  svg.removeAttribute('aria-labelledby');
  svg.setAttribute('aria-describedby', svg.querySelector('desc').id);
  title.remove();
  if (marks.length === 0) continue;
  let current;
  const leave = () => {
    if (current) current.classList.remove('current');
    current = undefined;
    tip.replaceChildren();
  };
  const enter = (mark, x, y) => {
    if (mark !== current) leave();
    current = mark;
    mark.classList.add('current');
    show(mark, x, y);
  };
  const middle = (mark) => {
    const { left, right, top, bottom } = mark.getBoundingClientRect();
    return [(left + right) / 2, (top + bottom) / 2];
  };
  svg.addEventListener('pointermove', (event) => {
    let best = event.target.closest('.role-mark > [aria-label]');
    let least = 14;
    // Points are small: the nearest will do. Those of the front are drawn last and win.
    if (!best) for (const mark of marks) {
      const [x, y] = middle(mark);
      const distance = Math.hypot(x - event.clientX, y - event.clientY);
      if (distance <= least) [best, least] = [mark, distance];
    }
    if (best) enter(best, event.clientX, event.clientY);
    else leave();
  });
  svg.addEventListener('pointerleave', leave);
  svg.addEventListener('blur', leave);
  svg.setAttribute('tabindex', '0');
  svg.setAttribute('aria-keyshortcuts', 'ArrowLeft ArrowRight');
  const inOrder = [...marks].sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left);
  svg.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') leave();
    if (!step) return;
    event.preventDefault();
    const at = current ? inOrder.indexOf(current) + step : step > 0 ? 0 : -1;
    const mark = inOrder.at(at % inOrder.length);
    enter(mark, ...middle(mark));
  });
}

for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  for (const head of table.querySelectorAll('th[aria-sort]')) {
    head.firstElementChild.addEventListener('click', () => {
      const column = head.cellIndex;
      const number = head.classList.contains('number');
      const before = head.getAttribute('aria-sort');
      const order = before === (number ? 'descending' : 'ascending') ? (number ? 'ascending' : 'descending') : (number ? 'descending' : 'ascending');
      for (const other of table.querySelectorAll('th[aria-sort]')) other.setAttribute('aria-sort', 'none');
      head.setAttribute('aria-sort', order);
      const sign = order === 'ascending' ? 1 : -1;
      const key = (row) => {
        const cell = row.cells[column];
        const text = cell.dataset.value ?? cell.textContent;
        return number ? (text === '' ? -Infinity : Number(text)) : text;
      };
      const compare = (a, b) => (number ? key(a) - key(b) : key(a).localeCompare(key(b), 'en', { numeric: true }));
      body.append(...[...body.rows].sort((a, b) => sign * compare(a, b)));
    });
  }
}
`;
