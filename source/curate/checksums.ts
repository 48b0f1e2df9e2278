/** Bits of a digest by the algorithm, as the number of hexadecimal digits. */
const digits = { sha256: 64, sha512: 128 } as const;
export type Algorithm = keyof typeof digits;

/**
The digests of a file of checksums, by file name: lines of `<hex>  <name>` as sha256sum writes them (a `*` before the name
means binary, folders before it do not count), BSD's `SHA256 (<name>) = <hex>`, or one digest alone, which is that of
`only`. Lines of other lengths are of another algorithm and are left out. Null where a name has two different digests.
*/
export const parseChecksums = (
  text: string,
  algorithm: Algorithm,
  only: string,
): ReadonlyMap<string, string> | null => {
  const found = new Map<string, string>();
  const hex = `[0-9a-fA-F]{${digits[algorithm]}}`;
  const forms = [new RegExp(`^(${hex})[ \\t]+\\*?(.+)$`), new RegExp(`^(${hex})$`)];
  const bsd = new RegExp(`^\\w+ ?\\((.+)\\) ?= ?(${hex})$`);
  for (const line of text.split('\n').map((each) => each.trim())) {
    const [, name, other] = bsd.exec(line) ?? [];
    const [, digest = other, path = name ?? only] = forms.map((form) => form.exec(line)).find((match) => match) ?? [];
    if (digest === undefined) continue;
    const file = path.slice(path.lastIndexOf('/') + 1);
    const lower = digest.toLowerCase();
    if (found.has(file) && found.get(file) !== lower) return null;
    found.set(file, lower);
  }
  return found;
};
