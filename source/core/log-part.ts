/** A compressed part of a log: the bytes [fromByte, toByte) of it, as they were written. */
export type LogPart = {
  readonly name: string;
  readonly generation: number;
  readonly fromByte: number;
  readonly toByte: number;
};

/** `<generation>-<fromByte>-<toByte>.log.zst`; `gz` where this Node has no zstd. Both are plain files of their kind. */
export const partName = (part: Omit<LogPart, 'name'>, packing: 'zst' | 'gz'): string =>
  `${part.generation}-${part.fromByte}-${part.toByte}.log.${packing}`;

/** Null when it is no part's name. */
export const parsePartName = (name: string): LogPart | null => {
  const fields = /^(\d{1,15})-(\d{1,15})-(\d{1,15})\.log\.(?:zst|gz)$/.exec(name);
  if (fields === null) return null;
  const [generation = 0, fromByte = 0, toByte = 0] = fields.slice(1).map(Number);
  return toByte > fromByte ? { name, generation, fromByte, toByte } : null;
};

/**
The parts that join without a gap up to the newest of them, oldest first: what lies before a gap cannot be reached by
scrolling. Where two begin at one byte the one of the later generation counts.
*/
export const joinedParts = (names: readonly string[]): readonly LogPart[] => {
  const parts = names.flatMap((name) => parsePartName(name) ?? []);
  parts.sort((one, other) => other.toByte - one.toByte || other.generation - one.generation);
  const joined: LogPart[] = [];
  for (const part of parts) if (joined[0] === undefined || part.toByte === joined[0].fromByte) joined.unshift(part);
  return joined;
};
