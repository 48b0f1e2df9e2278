/**
Options of an apt source entry that booty's own copy of it must have too, by their names in deb822 (sources.list(5)):
who signs it, and how old its Release file may be. `Trusted` is not among them: what is not signed is not fetched.
*/
const carried = ['Signed-By', 'Check-Valid-Until', 'Valid-Until-Max', 'Check-Date', 'Date-Max-Future', 'By-Hash'];

/**
The carried options of one entry, name → value as written (several lines for an embedded key).

@param text the whole file
@param entry what apt calls it: `FILE:N`, a line number in a `.list`, the number of a stanza in a `.sources`
*/
export const sourceOptions = (text: string, entry: string): Readonly<Record<string, string>> => {
  const [, file = '', number = '0'] = /^(.*):(\d+)$/.exec(entry) ?? [];
  const index = Number(number) - 1;
  const found = file.endsWith('.sources')
    ? stanzaFields(stanzasOf(text)[index] ?? [])
    : lineOptions(text.split('\n')[index] ?? '');
  return Object.fromEntries(
    carried.flatMap((name) => {
      const value = found.get(name.toLowerCase());
      return value === undefined ? [] : [[name, value]];
    }),
  );
};

/** Lines of each stanza without comments; stanzas are divided by empty lines, and one of comments only is none. */
const stanzasOf = (text: string): readonly (readonly string[])[] =>
  text
    .split(/\n[ \t]*\n/)
    .map((stanza) => stanza.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')))
    .filter((lines) => lines.length > 0);

const stanzaFields = (lines: readonly string[]): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of lines) {
    const [, key, value = ''] = /^([^\s:]+):(.*)$/.exec(line) ?? [];
    if (key) {
      name = key.toLowerCase();
      fields.set(name, value.trim());
    } else fields.set(name, `${fields.get(name) ?? ''}\n${line.trimEnd()}`);
  }
  return fields;
};

/** `deb [arch=amd64 signed-by=/a,/b] URI …`: lists are divided by commas there and by spaces in deb822. */
const lineOptions = (line: string): ReadonlyMap<string, string> => {
  const [, options = ''] = /^\s*deb\s+\[([^\]]*)\]/.exec(line) ?? [];
  return new Map(
    [...options.matchAll(/(\S+?)[+-]?=(\S+)/g)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      value.replaceAll(',', ' '),
    ]),
  );
};
