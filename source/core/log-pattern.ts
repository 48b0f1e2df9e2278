/** What a person looks for in logs, read once and used by both ends. */
export type LogPattern = {
  /** Of a JavaScript regular expression. */
  readonly source: string;
  /** `i` when the pattern has no capital letter, else empty. */
  readonly flags: string;
  /** Text without which no line matches, in its very case, beginning with what is rare; null when none is known. */
  readonly required: string | null;
  /** True when whether a line matches can depend on what stands after its end: it must be looked at alone. */
  readonly looksAround: boolean;
  /** True when no text can keep it busy: with neither groups nor quantifiers each place is tried once. */
  readonly isQuick: boolean;
};

/**
Reads a pattern: a JavaScript regular expression that is looked for in one line at a time. Capital letters count only
when there is one (as in less, vim and ripgrep's smart case); the letter of an escape such as `\W` is not one. A text
that is no regular expression gives a `problem`, a sentence for the person who typed it. With `ignoreCase` capitals never count.
*/
export const readLogPattern = (text: string, ignoreCase = false): LogPattern | { readonly problem: string } => {
  const flags = !ignoreCase && /\p{Lu}/u.test(text.replace(/\\./gsu, '')) ? '' : 'i';
  let source: string;
  try {
    ({ source } = new RegExp(text, flags));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: .*\/\w*: /s, '') : '';
    return { problem: `\`${text}\` is not a regular expression: ${reason.toLowerCase()}` };
  }
  return {
    source,
    flags,
    required: flags !== '' ? null : requiredText(text),
    looksAround: /\(\?<?!/.test(text),
    isQuick: !/[(*+?{]/.test(text),
  };
};

/** The rarest run of plain characters outside groups and classes; null with alternatives, which need none of them. */
const requiredText = (text: string): string | null => {
  // An escaped character counts as a break in the run: not worth telling which ones stand for themselves.
  const flat = outsideBrackets(text.replace(/\\(?:x[\da-f]{2}|u[\da-f]{4}|c[a-z]|k<\w*>|\d+|.)/gis, '\\'));
  if (flat.includes('|')) return null;
  // Whatever a quantifier follows may be absent; what `{2}` demands twice is there, but that is seldom written.
  const runs = flat.replace(/[^\\^$.*+?[\]{}]?(?:[*?+]|\{[^}]*\})\??/g, '\\').split(/[\\^$.]/);
  const rarest = runs.map(fromRarest).reduce((best, run) => (rarity(run) > rarity(best) ? run : best), '');
  return rarest === '' ? null : rarest;
};

/** From its rarest character on: a search that begins with a rare byte passes over most of a log at once. */
const fromRarest = (run: string): string => {
  const most = Math.max(...Array.from(run, rarity));
  const at = Array.from(run).findIndex((character) => rarity(character) === most);
  return Array.from(run).slice(Math.max(0, at)).join('');
};

/** Of the first character: its place among those that fill logs, the most frequent first; beyond all when not there. */
const rarity = (text: string): number => {
  const [first] = text;
  if (first === undefined) return -1;
  const place = frequent.indexOf(first);
  return place === -1 ? frequent.length : place;
};
const frequent = ' 0e1t2aoi3n4s5r6789/.:=-l"cdupmh,_gfb';

/** The pattern with a backslash for each class and group, whatever is in it. */
const outsideBrackets = (text: string): string => {
  const flat = text.replace(/\[[^\]]*\]/g, '\\');
  let depth = 0;
  let kept = '';
  for (const character of flat) {
    if (character === '(') depth += 1;
    if (depth === 0) kept += character;
    if (character === ')') {
      depth -= 1;
      if (depth === 0) kept += '\\';
    }
  }
  return kept;
};
