/**
The line booty writes into a service's log at each start, before the service's own first byte:

  \x1e booty <service> <version> generation <n> pid <pid> \n

without the blanks around it. The record separator begins it, so that it stands out even when the line before has no
end; a reader splits there. A version that is not known is written as `-`.
*/
export type LogMark = {
  readonly service: string;
  readonly version: string | null;
  readonly generation: number;
  readonly pid: number;
};

export const markSeparator = '\x1e';

/** The mark up to where the pid follows: the shim adds that, it is the only one to know it in time. */
export const formatMarkStart = (mark: Omit<LogMark, 'pid'>): string =>
  `${markSeparator}booty ${mark.service} ${mark.version ?? '-'} generation ${mark.generation} pid `;

export const formatMark = (mark: LogMark): string => `${formatMarkStart(mark)}${mark.pid}\n`;

/** Reads one line, with or without its separator and its end; null when it is not a mark. */
export const parseMark = (line: string): LogMark | null => {
  const text = line.startsWith(markSeparator) ? line.slice(markSeparator.length) : line;
  const fields = /^booty (\S+) (\S+) generation (\d+) pid (\d+)\n?$/.exec(text);
  if (fields === null) return null;
  const [, service = '', version = '-', generation, pid] = fields;
  return { service, version: version === '-' ? null : version, generation: Number(generation), pid: Number(pid) };
};
