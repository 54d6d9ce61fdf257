/** Profiles and measurements as JSON that reads and diffs well: short values on one line each. */
const lineWidth = 110;

/** Times to 5 significant digits: below the noise of any measurement. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

function print(value: unknown, indent: string): string {
  const flat = JSON.stringify(value);
  if (flat.length + indent.length <= lineWidth || value === null || typeof value !== 'object') return flat;
  const inner = `${indent} `;
  const parts = Array.isArray(value)
    ? value.map((item) => print(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${print(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

/** JSON text with a newline at its end; numbers that are not integers keep 5 significant digits. */
export function stringifyData(value: unknown): string {
  const plain: unknown = JSON.parse(JSON.stringify(value, (_key, inner: unknown) => rounded(inner)));
  return `${print(plain, '')}\n`;
}
