import { LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import type { ConfigProblem } from '../core/errors/config.ts';

/** A document that may be broken, with what is needed to say where anything in it stands. */
export type YamlText = { readonly file: string; readonly text: string; readonly lines: LineCounter };

/** Deeper flow collections are a slip or an attack, and the parser's stack is finite. */
const flowDepthMax = 200;

/**
Parses one YAML 1.2 document with merge keys, keeping where everything stands. Syntax errors come as problems, one a
line. Duplicate keys are left to `readTree`: the parser's own check takes quadratic time.
*/
export const parseYaml = (
  file: string,
  text: string,
): { readonly source: YamlText; readonly document: Document | null; readonly problems: readonly ConfigProblem[] } => {
  const lines = new LineCounter();
  const source = { file, text, lines };
  if (deepestFlow(text) > flowDepthMax) {
    return { source, document: null, problems: [{ file, line: 1, column: 1, path: '', ...tooDeep }] };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false });
  const problems = new Map<number, ConfigProblem>();
  for (const error of [...document.errors.filter(isRoot), ...document.warnings]) {
    const { line, col } = lines.linePos(error.pos[0]);
    const at = { file, line: Math.max(line, 1), column: Math.max(col, 1), path: '' };
    if (!problems.has(line)) problems.set(line, { ...at, ...explainSyntax(error, lineOf(source, error.pos[0])) });
  }
  return { source, document, problems: [...problems.values()] };
};

/** After a first error the rest of a file may be no part of the document any more; its lines are not wrong. */
const isRoot = (error: YAMLError, index: number): boolean =>
  index === 0 || !error.message.includes(' token in YAML stream: ');

const tooDeep = { message: `brackets are nested deeper than ${flowDepthMax}`, fix: 'write it flat' };

/** An upper bound of the depth of [ and {, those in quotes and comments counted too. */
const deepestFlow = (text: string): number => {
  let depth = 0;
  let deepest = 0;
  for (const [character] of text.matchAll(/[[\]{}]/g)) {
    depth = character === '[' || character === '{' ? depth + 1 : Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
};

const lineOf = ({ text, lines }: YamlText, offset: number): string => {
  const { line } = lines.linePos(offset);
  const start = lines.lineStarts[line - 1] ?? 0;
  return text.slice(start, lines.lineStarts[line] ?? text.length).trimEnd();
};

const explainSyntax = (error: YAMLError, line: string): { readonly message: string; readonly fix: string } => {
  const message = `this is not YAML: ${error.message.split('\n', 1)[0]}`;
  // A flow collection ends a plain text at the first brace: `[${{ ports.http }}]` has to be quoted.
  const variable = /(?<!["'])\$\{\{[^}]*\}\}|(?<!["'])\$\{[^}]*\}/.exec(line)?.[0];
  if (variable !== undefined) return { message, fix: `quote it: "${variable}"` };
  if (error.message.startsWith('Missing closing')) {
    return { message: 'a quote is opened and not closed up to here', fix: 'close it where the text ends' };
  }
  const known = explanations[error.code];
  return { message: known?.message ?? message, fix: known?.fix ?? checkLine };
};

const checkLine = 'check quotes, brackets and indentation on this line and the one before';

const explanations: Readonly<Record<string, { readonly message?: string; readonly fix: string }>> = {
  TAB_AS_INDENT: { message: 'this line is indented with a tab', fix: 'indent with spaces' },
  MULTIPLE_DOCS: {
    message: 'the file holds more than one YAML document',
    fix: 'remove the `---` and all that follows it',
  },
  TAG_RESOLVE_FAILED: { message: 'this is a YAML tag, which booty.yaml does not know', fix: 'remove the tag' },
  BLOCK_AS_IMPLICIT_KEY: { fix: 'put a value that holds `: ` in quotes, and check the indentation' },
  MULTILINE_IMPLICIT_KEY: { fix: 'write `: ` behind the key, and check the indentation' },
  RESOURCE_EXHAUSTION: { message: 'the document is nested too deeply', fix: 'write it flat' },
  BAD_DQ_ESCAPE: { fix: 'write \\\\ for a backslash, or use single quotes' },
};
