import { isMap, isNode, parseDocument, stringify, type YAMLMap } from 'yaml';

/** What is written of a new service, in the order it is written. */
export type NewService = {
  readonly name: string;
  readonly keys: Readonly<Record<string, string>>;
  /** A line above it. */
  readonly comment: string;
};

/**
The text of a booty.yaml with one more service at the end of its `services`. Every byte that was there stays: comments,
blank lines, quotes, line ends. null when `services` is written in a way that has no such place (an alias, a merge),
or when the text is no map of services. The caller loads the result: only the loader says whether it means what it should.
*/
export const addService = (text: string, service: NewService): string | null => {
  const document = parseDocument(text, { uniqueKeys: false, merge: true });
  const services: unknown = document.get('services', true);
  if (document.errors.length > 0 || !isMap(services) || services.items.length === 0) return null;
  return services.flow === true ? addToFlow(text, services, service) : addToBlock(text, services, service);
};

const addToFlow = (text: string, services: YAMLMap, { name, keys }: NewService): string | null => {
  const end = endOf(services);
  if (end === null) return null;
  const written = Object.entries(keys).map(([key, value]) => `${key}: ${quoted(value)}`);
  return `${text.slice(0, end)}, ${name}: {${written.join(', ')}}${text.slice(end)}`;
};

/** A scalar for the inside of braces. */
const quoted = (value: string): string => (/^[\w.-]+$/.test(value) ? stringify(value).trim() : JSON.stringify(value));

const addToBlock = (text: string, services: YAMLMap, { name, keys, comment }: NewService): string | null => {
  const start = rangeOf(services.items[0]?.key)?.[0];
  const last = endOf(services);
  if (start === undefined || last === null) return null;
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  const at = endOfBlock(text, last, indent);
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const margin = ' '.repeat(indent);
  const inner = ' '.repeat(indent + innerIndent(services, indent, text));
  const lines = [
    `${margin}# ${comment}`,
    `${margin}${name}:`,
    ...Object.entries(keys).map(([key, value]) => `${inner}${key}: ${stringify(value, { lineWidth: 0 }).trim()}`),
  ];
  // Services that stand apart by blank lines go on doing so.
  const gap = services.items.length === 1 || hasGaps(text, services) ? lineEnd : '';
  const before = text.slice(0, at);
  const joint = before.endsWith('\n') ? '' : lineEnd;
  return `${before}${joint}${gap}${lines.join(lineEnd)}${lineEnd}${text.slice(at)}`;
};

/** Where the last value of a map ends; its key's end when it has none. */
const endOf = (map: YAMLMap): number | null => {
  const last = map.items.at(-1);
  return rangeOf(last?.value)?.[1] ?? rangeOf(last?.key)?.[1] ?? null;
};

/** Past the line of the last value and the comments below it that are indented like services, but no blank line more. */
const endOfBlock = (text: string, last: number, indent: number): number => {
  // A block text ends behind its last line break already.
  let end = text[last - 1] === '\n' ? last : nextLine(text, last);
  for (let line = end; line < text.length; line = nextLine(text, line)) {
    const words = text.slice(line, nextLine(text, line));
    const comment = /^( *)#/.exec(words);
    if (comment !== null && (comment[1] ?? '').length >= indent && indent > 0) end = nextLine(text, line);
    else if (words.trim() !== '') break;
  }
  return end;
};

const nextLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
};

/** By how much the keys of the services there are stand in further than their names. */
const innerIndent = (services: YAMLMap, indent: number, text: string): number => {
  for (const { value } of services.items) {
    if (!isMap(value) || value.flow === true) continue;
    const start = rangeOf(value.items[0]?.key)?.[0];
    if (start === undefined) continue;
    return Math.max(start - (text.lastIndexOf('\n', start - 1) + 1) - indent, 1);
  }
  return 2;
};

const hasGaps = (text: string, services: YAMLMap): boolean =>
  services.items.slice(1).some(({ key }) => {
    const start = rangeOf(key)?.[0] ?? 0;
    const above = text.slice(0, start).split('\n').slice(0, -1);
    const line = above.findLast((each) => !each.trimStart().startsWith('#'));
    return line?.trim() === '';
  });

const rangeOf = (node: unknown): readonly [number, number, number] | null =>
  isNode(node) && node.range ? node.range : null;
