/** How bad a line says it is; the words of all loggers brought down to these. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** A line of a log taken apart. */
export type ReadLine = {
  /** Milliseconds since the epoch, where the line says a time with its zone. */
  readonly atMs: number | null;
  /** Time of day as it stands in the line, where the zone is not told: `18:44:01`. */
  readonly clock: string | null;
  readonly level: LogLevel | null;
  readonly message: string;
  /** The other fields in their order, as `name=value`; where the line was written (caller) and who wrote it is left out. */
  readonly fields: readonly string[];
};

/**
Reads a line in one of the shapes servers write: JSON of zap, logrus, slog, pino, bunyan, HashiCorp, VictoriaMetrics and
Caddy; logfmt of Prometheus, Tempo and Grafana; the text of NATS, of HashiCorp and of slog, TiDB's unified log format, and
zap's console form. Null for any other line, which is then shown as it is.
*/
export const readLogLine = (text: string): ReadLine | null => {
  if (text.length > readableLengthMax) return null;
  const line = text.trim();
  if (line.startsWith('{')) return readJson(line);
  return readNats(line) ?? readUnified(line) ?? readConsole(line) ?? readWords(line) ?? readLogfmt(line);
};

/** A longer line is data rather than something to read. */
const readableLengthMax = 16_384;

type Field = readonly [name: string, value: unknown];

const timeNames = new Set(['ts', 'time', 'timestamp', 't', '@timestamp']);
const levelNames = new Set(['level', 'lvl', 'severity', '@level']);
const messageNames = new Set(['msg', 'message', '@message']);
/** Told by the service's name already, or of use to the server's authors only. */
const dropped = new Set(['caller', 'logger', '@module', '@caller', 'pid', 'hostname', 'v']);

const readJson = (line: string): ReadLine | null => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return typeof value === 'object' && value !== null ? readFields(Object.entries(value)) : null;
};

/** Null unless the fields have a message and a level or a time: other JSON and `a=b` is no log line. */
const readFields = (fields: readonly Field[]): ReadLine | null => {
  const take = (names: ReadonlySet<string>): unknown => fields.find(([name]) => names.has(name.toLowerCase()))?.[1];
  const message = take(messageNames);
  const level = levelOf(take(levelNames));
  const time = timeOf(take(timeNames));
  if (typeof message !== 'string' || (level === null && time === null)) return null;
  const isOther = ([name]: Field) => {
    const lower = name.toLowerCase();
    return !timeNames.has(lower) && !levelNames.has(lower) && !messageNames.has(lower) && !dropped.has(lower);
  };
  return {
    atMs: time?.atMs ?? null,
    clock: time?.clock ?? null,
    level,
    message: message.trim(),
    fields: fields.filter(isOther).map(([name, field]) => `${name}=${valueText(field)}`),
  };
};

const valueText = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return typeof value === 'string' && /[\s"=]/.test(text) ? JSON.stringify(text) : text;
};

const levels: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  trc: 'trace',
  debug: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  dpanic: 'fatal',
  panic: 'fatal',
  fatal: 'fatal',
  ftl: 'fatal',
};

const levelOf = (value: unknown): LogLevel | null => {
  if (typeof value === 'string') return levels[value.toLowerCase().replace(/[+-]\d+$/, '')] ?? null;
  // Pino and bunyan: 10 trace … 60 fatal.
  if (typeof value !== 'number' || value < 10 || value > 69) return null;
  return (['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)[Math.floor(value / 10) - 1] ?? null;
};

type Time = Pick<ReadLine, 'atMs' | 'clock'>;

const timeOf = (value: unknown): Time | null => {
  if (typeof value === 'string') return /^\d+(\.\d+)?$/.test(value) ? epoch(Number(value)) : timeOfText(value);
  return typeof value === 'number' ? epoch(value) : null;
};

/** Seconds (zap, Caddy), milliseconds (pino), microseconds or nanoseconds: told apart by their size. */
const epoch = (value: number): Time | null => {
  if (!Number.isFinite(value) || value < 1e8) return null;
  const power = value < 1e11 ? 1e-3 : value < 1e14 ? 1 : value < 1e17 ? 1e3 : 1e6;
  return { atMs: Math.round(value / power), clock: null };
};

const timeForm =
  /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(?:(Z|UTC)|([+-])(\d\d):?(\d\d))?$/;

const timeOfText = (text: string): Time | null => {
  const match = timeForm.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '0', utc, sign, zoneHour, zoneMinute] = match;
  if (utc === undefined && sign === undefined) return { atMs: null, clock: `${hour}:${minute}:${second}` };
  const zoneMinutes = (sign === '-' ? -1 : 1) * (Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0));
  const minutes = Number(hour) * 60 + Number(minute) - zoneMinutes;
  const seconds = daysBefore(Number(year), Number(month), Number(day)) * 86_400 + minutes * 60 + Number(second);
  return { atMs: seconds * 1000 + Math.floor(Number(`0.${fraction}`) * 1000), clock: null };
};

/** Days from 1970-01-01; Howard Hinnant, https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
const daysBefore = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
};

/** `[812] 2026/11/22 18:44:01.123456 [INF] Server is ready` */
const readNats = (line: string): ReadLine | null => {
  const match =
    /^\[\d+\] (\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d\d:\d\d)?) \[([A-Z]{3})\](?: (.*))?$/s.exec(line);
  if (match === null) return null;
  const [, time = '', level = '', message = ''] = match;
  return { ...(timeOfText(time) ?? noTime), level: levelOf(level), message, fields: [] };
};

/** `[2026/11/22 18:44:01.123 +00:00] [INFO] [server.go:1] ["welcome"] [version=8.5.0]`, TiDB's RFC 2018-12-19. */
const readUnified = (line: string): ReadLine | null => {
  const head = /^\[(\d{4}\/\d\d\/\d\d [^\]]+)\] \[([A-Z]+)\] \[[^\]]*\] \[("(?:[^"\\]|\\.)*"|[^\]]*)\]/.exec(line);
  if (head === null) return null;
  const [whole, time = '', level = '', message = ''] = head;
  const parts = line.slice(whole.length).match(/\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]/g) ?? [];
  const fields = parts.map((part) => part.slice(1, -1));
  return { ...(timeOfText(time) ?? noTime), level: levelOf(level), message: unquoted(message), fields };
};

/** `2026-11-22T18:44:01.123Z<tab>info<tab>package/file.go:12<tab>message<tab>{"fields"}`: zap's console, VictoriaMetrics. */
const readConsole = (line: string): ReadLine | null => {
  const parts = line.split('\t');
  const [first = '', second = ''] = parts;
  const time = parts.length >= 3 ? timeOfText(first) : null;
  const level = levelOf(second);
  if (time === null || level === null) return null;
  const [message = '', ...fields] = afterCaller(parts.slice(2));
  return { ...time, level, message, fields };
};

/** The message and what follows it. Before it a logger's name and the caller may stand, both or either or none. */
const afterCaller = (words: readonly string[]): readonly string[] => {
  const caller = words.slice(0, 2).findIndex((word) => /^\S+\.go:\d+$/.test(word));
  if (caller !== -1) return words.slice(caller + 1);
  // Caddy tells no caller: a word without a blank before another one that is not the fields is a name.
  const [first = '', second = '{'] = words;
  return /^[\w.-]+$/.test(first) && !second.startsWith('{') ? words.slice(1) : words;
};

/**
`2026-11-22T18:44:01.123Z [INFO]  core: unsealed: n=1`, HashiCorp's go-hclog; `2026/11/22 18:44:01 INFO hello n=3`, what
slog writes where nobody gave it a handler.
*/
const readWords = (line: string): ReadLine | null => {
  const match =
    /^(\d{4}[-/]\d\d[-/]\d\d[T ]\S+) (?:\[([A-Z]{4,5})\] {1,2}|(DEBUG|INFO|WARN|ERROR)(?:[+-]\d+)? )(.*)$/s.exec(line);
  if (match === null) return null;
  const [, at = '', bracketed, bare, message = ''] = match;
  const time = timeOfText(at);
  const level = levelOf(bracketed ?? bare);
  return time === null || level === null ? null : { ...time, level, message, fields: [] };
};

/** `ts=2026-11-22T18:44:01.123Z level=info msg="ready to serve" port=3200`. */
const readLogfmt = (line: string): ReadLine | null => {
  if (!/(?:^|\s)(?:level|lvl)=/.test(line)) return null;
  const fields: Field[] = [];
  const pair = /\s*([^\s="]+)=("(?:[^"\\]|\\.)*"|\S*)/y;
  for (let match = pair.exec(line); match !== null; match = pair.exec(line)) {
    fields.push([match[1] ?? '', unquoted(match[2] ?? '')]);
    if (pair.lastIndex >= line.length) return readFields(fields);
  }
  return null;
};

const unquoted = (text: string): string => {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
};

const noTime: Time = { atMs: null, clock: null };
