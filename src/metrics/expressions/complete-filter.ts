/** What may come next in a filter that is being typed: names, devices, words and units that fit where it ends. */
import { comparisonSigns, keywords, quantifiers } from './filter-parse.js';
import { type Token, tokenize } from './filter-tokens.js';
import {
  type FilterVocabulary,
  blockFields,
  filterNames,
  filterWords,
  textFields,
  wordsOfState,
} from './filter-words.js';
import { familyNames } from './quantities.js';

export interface Completion {
  /** Where in the text the options begin. */
  readonly from: number;
  /** Texts that may stand there, the likely ones first. */
  readonly options: readonly string[];
}

const isSign = (token: Token | undefined) =>
  token?.kind === 'operator' && (comparisonSigns as readonly string[]).includes(token.text);
const isWord = (token: Token | undefined, ...words: readonly string[]) =>
  token?.kind === 'name' && words.includes(token.text);

/** The completions at the end of `text`; none where nothing fits. */
export function completeFilter(text: string, vocabulary: FilterVocabulary): Completion {
  let tokens: Token[];
  try {
    tokens = tokenize(text, vocabulary.profiles, 'Filter');
  } catch {
    return { from: text.length, options: [] };
  }
  const last = tokens.at(-1);
  const isOpen =
    last !== undefined &&
    last.to === text.length &&
    (last.kind === 'name' || (last.kind === 'string' && !last.closed));
  const begin = isOpen ? last.text.toLowerCase() : '';
  const before = isOpen ? tokens.slice(0, -1) : tokens;
  const from = isOpen ? last.from : text.length;
  const options = optionsAfter(before, vocabulary).filter(
    (option) => option.replace(/^"/, '').toLowerCase().startsWith(begin) && option !== begin,
  );
  const spaced =
    !isOpen && last !== undefined && /[\w"\])%]$/.test(text) && !/^[\]\w]*"/.test(options[0] ?? '');
  return { from, options: spaced ? options.map((option) => ` ${option}`) : options };
}

function optionsAfter(before: readonly Token[], vocabulary: FilterVocabulary): readonly string[] {
  const [last, second, third] = [before.at(-1), before.at(-2), before.at(-3)];
  const operand = operands(vocabulary);
  if (last?.text === '[' && last.kind === 'operator') return vocabulary.profiles.map((name) => `"${name}"]`);
  if (!last || isWord(last, 'and', 'or', 'not') || last.text === '(') {
    return [...operand, ...quantifiers, 'front', ...textFields, ...wordsOfState, 'not'];
  }
  if (isWord(last, ...quantifiers)) return Object.keys(blockFields);
  if (isWord(second, ...quantifiers) && last.kind === 'name') return [...comparisonSigns];
  if (isSign(last)) {
    if (isWord(second, 'state')) return wordsOfState;
    if (second && Object.hasOwn(blockFields, second.text) && isWord(third, ...quantifiers)) return [];
    return isWord(second, ...textFields) ? [] : operand;
  }
  if (last.kind === 'operator' && /^[-+*/^,]$/.test(last.text)) return operand;
  if (last.kind === 'number') return [...unitsAt(before, vocabulary), 'and', 'or'];
  const isQuantity =
    filterWords(vocabulary).isQuantity(last.text) ||
    last.text === ']' ||
    last.text === ')' ||
    isWord(last, ...textFields);
  const compared =
    before.findLastIndex((token) => isSign(token)) > before.findLastIndex((t) => isWord(t, 'and', 'or'));
  if (isQuantity && !compared)
    return isWord(last, ...textFields) ? ['=', '!=', '~'] : comparisonSigns.slice(0, 6);
  return last.kind === 'name' && keywords.includes(last.text) ? [] : ['and', 'or'];
}

const operands = (vocabulary: FilterVocabulary): string[] => [
  ...filterNames(vocabulary).filter((name) => /^\w+$/.test(name) && name !== 'peakMemoryBytes'),
  ...vocabulary.profiles.map((name) => `latency["${name}"]`),
  ...familyNames.map((name) => `worst(${name})`),
];

/** Units of what a number is compared with. */
function unitsAt(before: readonly Token[], { profiles }: FilterVocabulary): readonly string[] {
  const from = before.findLastIndex((token) => isWord(token, 'and', 'or'));
  const term = before.slice(from + 1);
  if (term.some((token) => familyNames.includes(token.text))) return ['ms', 'us', 's'];
  if (term.some((token) => isWord(token, ...profiles))) return ['ms'];
  if (term.some((token) => isWord(token, 'memory', 'peakMemoryBytes'))) return ['MiB', 'KiB', 'MB', 'kB'];
  return term.some((token) => isWord(token, 'macs', 'params')) ? ['M', 'k', 'G'] : [];
}
