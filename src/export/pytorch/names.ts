/** Names of Python: attributes, variables and numbers. */

const reserved = new Set([
  'x',
  'self',
  'torch',
  'nn',
  'F',
  'in',
  'is',
  'if',
  'or',
  'and',
  'not',
  'del',
  'for',
  'def',
  'class',
  'return',
  'lambda',
  'None',
  'True',
  'False',
]);

/** A name of a layer or value as Python can have it: `depthwise.1/logistic` is `depthwise_1_logistic`. */
export function identifier(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[0-9]/.test(plain) || plain === '' || reserved.has(plain) ? `${plain}_` : plain;
}

export const text = (value: string): string => JSON.stringify(value);
export const list = (items: readonly (string | number)[]): string => `[${items.join(', ')}]`;
export const tuple = (items: readonly (string | number)[]): string =>
  `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;

/** A number that Python reads as the same one. */
export function number(value: number): string {
  const written = String(value);
  return Number.isInteger(value) && !written.includes('e') ? `${written}.0` : written;
}
