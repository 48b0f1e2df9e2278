/**
Which tiles of a checksum database prove some of its records: https://go.dev/ref/mod#checksum-database serves a tree of
hashes in tiles of height 8 (golang.org/x/mod/sumdb/tlog). A record is proved by the tiles above its leaf up to the top,
and by those at the right edge of the tree, which make its signed hash.
*/

/** Hashes in one tile. */
const tileWidth = 256;

/**
Paths below the database of all tiles that prove these records in a tree of `size` records. A tile at the right edge is
partial (`.p/W`); the whole tile at the same place may stand in for it once it is there.
*/
export const tilePaths = (size: number, records: readonly number[]): readonly string[] => {
  const paths = new Set<string>();
  let indexes = records.filter((record) => record < size);
  let count = size;
  for (let level = 0; count > 0; level += 1) {
    indexes = [...new Set(indexes.map((index) => Math.floor(index / tileWidth)))];
    for (const index of [...indexes, Math.floor(count / tileWidth)]) {
      const width = Math.min(tileWidth, count - index * tileWidth);
      if (width > 0) paths.add(`tile/8/${level}/${numbered(index)}${width === tileWidth ? '' : `.p/${width}`}`);
    }
    count = Math.floor(count / tileWidth);
  }
  return [...paths];
};

/** `282352` → `x282/352`: folders stay small. */
const numbered = (index: number): string => {
  const last = String(index % 1_000).padStart(3, '0');
  const rest = Math.floor(index / 1_000);
  return rest === 0 ? last : `${foldersOf(rest)}/${last}`;
};

const foldersOf = (index: number): string => {
  const last = `x${String(index % 1_000).padStart(3, '0')}`;
  const rest = Math.floor(index / 1_000);
  return rest === 0 ? last : `${foldersOf(rest)}/${last}`;
};

/** What the database answered when it was asked for a module: its record, and the signed tree it stood in. */
export type Lookup = {
  /** Number and lines of the record. */
  readonly record: string;
  readonly number: number;
  /** The signed note of the tree, and how many records that holds. */
  readonly note: string;
  readonly size: number;
};

/** Null when the text is no such answer. */
export const parseLookup = (text: string): Lookup | null => {
  const at = text.indexOf('\n\n');
  const record = text.slice(0, at);
  const note = text.slice(at + 2);
  const [, size] = /^go\.sum database tree\n(\d+)\n/.exec(note) ?? [];
  const [, number] = /^(\d+)\n/.exec(record) ?? [];
  if (at < 0 || size === undefined || number === undefined) return null;
  return { record, number: Number(number), note, size: Number(size) };
};

/** The same record as it stands in another tree of the same database. */
export const lookupText = ({ record }: Lookup, { note }: Lookup): string => `${record}\n\n${note}`;
