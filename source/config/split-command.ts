import { faulty, parsed, type Parsed } from './fault.ts';

type Word = { text: string; begun: boolean };

/**
Splits a command line into its words as a POSIX shell would, without being one: single quotes keep everything, double
quotes keep all but backslash before `"`, `\`, `$`, a backtick or a line break, a backslash outside quotes keeps the next character.
Nothing is expanded and `|`, `>`, `;`, `&` are plain characters. An unbalanced quote or a last lone backslash is a fault.
A reference written with its spaces, as in `${{ ports.http }}`, stays within one word.
*/
export const splitCommand = (line: string): Parsed<readonly string[]> => {
  const words: string[] = [];
  let word: Word = { text: '', begun: false };
  let quote: '"' | "'" | null = null;
  let quoteFrom = 0;
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    const reference = quote === "'" ? null : referenceAt(line, index);
    if (reference !== null) {
      word = { text: word.text + reference, begun: true };
      index += reference.length - 1;
    } else if (character === '\\' && quote !== "'") {
      const next = line.charAt(index + 1);
      if (next === '')
        return faulty('the command ends in a lone backslash', 'remove it, or write \\\\ for one backslash');
      // A backslash before a line break joins the lines and makes no word by itself.
      word = { text: word.text + unescaped(next, quote), begun: word.begun || next !== '\n' };
      index++;
    } else if (quote === character) {
      quote = null;
    } else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      quoteFrom = index;
      word = { text: word.text, begun: true };
    } else if (quote === null && /\s/.test(character)) {
      if (word.begun) words.push(word.text);
      word = { text: '', begun: false };
    } else {
      word = { text: word.text + character, begun: true };
    }
  }
  if (quote !== null) {
    return faulty(
      `the command has an opening ${quote} without its closing one`,
      `close the quote, write \\${quote} for the character itself, or write the command as a list`,
      line.slice(quoteFrom),
    );
  }
  if (word.begun) words.push(word.text);
  return parsed(words);
};

/** Writes words as one line that `splitCommand` splits back into the same words. */
export const joinCommand = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

const referenceAt = (line: string, index: number): string | null => {
  if (!line.startsWith('${{', index)) return null;
  const end = line.indexOf('}}', index);
  return end === -1 ? null : line.slice(index, end + 2);
};

const unescaped = (next: string, quote: '"' | "'" | null): string => {
  if (next === '\n') return '';
  return quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next;
};
