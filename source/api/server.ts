import { BootyError, type ErrorDocument, reasonOf } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { StackRow } from '../core/model.ts';
import type { Exchange, LineSink } from '../ports.ts';
import type {
  ClientWord,
  DownRequest,
  Frame,
  LogBegin,
  LogFound,
  LogLine,
  LogPiece,
  LogWindow,
  ServiceLaunch,
  SignalAnswer,
  SignalRequest,
  StackEvent,
  UpAnswer,
  UpgradeDefer,
  UpRequest,
} from './protocol.ts';
import { clientWord, downRequest, signalRequest, upgradeAsk, upgradeBegin, upgradeDefer, upRequest } from './schema.ts';
import type { HistoryEntry, UpgradeAsk, UpgradeLook, UpgradePlan } from './upgrade-protocol.ts';

/** What stands behind the routes: the daemon, or a fake in tests. */
export type Backend = {
  ps(): StackRow;
  up(request: UpRequest): Promise<UpAnswer>;
  /** The plan of an `up` that is not carried out. */
  plan(request: UpRequest): Promise<UpAnswer>;
  down(request: DownRequest): void;
  service(name: string, action: 'start' | 'stop' | 'restart'): Promise<void>;
  signal(service: string, request: SignalRequest): Promise<SignalAnswer>;
  launch(service: string): ServiceLaunch;
  log(
    service: string,
    window: {
      readonly lines: number;
      readonly end: number | null;
      readonly start: number | null;
      readonly pattern: string | null;
    },
  ): Promise<LogWindow>;
  search(
    service: string,
    pattern: string,
    ask: {
      readonly direction: 'forward' | 'backward';
      readonly from: number | null;
      readonly until: number | null;
      readonly lines: number;
    },
  ): Promise<LogFound>;
  logs(
    services: readonly string[],
    from: {
      readonly lines: number;
      readonly bytes: Readonly<Record<string, number>>;
      readonly sinceMs: number | null;
      readonly pattern: string | null;
      readonly ignoreCase: boolean;
      readonly onBegin?: (begin: LogBegin) => void;
    },
    follow: boolean,
    gone: Promise<void>,
  ): AsyncIterable<LogLine>;
  raw(
    service: string,
    from: { readonly lines: number; readonly sinceMs: number | null; readonly byte: number | null },
    follow: boolean,
    gone: Promise<void>,
  ): AsyncIterable<LogPiece>;
  events(follow: boolean, gone: Promise<void>): AsyncIterable<StackEvent>;
  upgrades(anew: boolean): Promise<UpgradeLook>;
  planUpgrade(ask: UpgradeAsk): Promise<UpgradePlan>;
  upgrade(ask: UpgradeAsk & { readonly who: string }): Promise<{ readonly id: string }>;
  cancelUpgrade(): void;
  deferUpgrade(service: string, defer: UpgradeDefer): Promise<void>;
  history(): Promise<readonly HistoryEntry[]>;
  /** Joins a client; `words` ends without `hangup` or `leave` when it vanished. */
  session(
    hello: Extract<ClientWord, { type: 'hello' }>,
    words: AsyncIterable<ClientWord>,
    tell: (frame: Frame) => boolean,
    gone: Promise<void>,
  ): Promise<void>;
};

/** Answers one request; every failure becomes an error document, nothing escapes. */
export const createRoutes =
  (backend: Backend) =>
  (exchange: Exchange): void => {
    route(backend, exchange).catch((error: unknown) => {
      const document = toDocument(error);
      exchange.answer(document.exitCode === 2 ? 400 : 500, JSON.stringify(document), 'application/json');
    });
  };

const route = async (backend: Backend, exchange: Exchange): Promise<void> => {
  const { method, path, query } = exchange;
  const ok = (value: unknown): void => exchange.answer(200, JSON.stringify(value), 'application/json');
  switch (`${method} ${path}`) {
    case 'GET /v1/ps':
      return ok(backend.ps());
    case 'POST /v1/up':
      return ok(await backend.up(await parse(exchange, upRequest)));
    case 'POST /v1/plan':
      return ok(await backend.plan(await parse(exchange, upRequest)));
    case 'POST /v1/down':
      backend.down(await parse(exchange, downRequest));
      return ok({});
    case 'GET /v1/log': {
      const window = {
        lines: wholeNumber(query, 'lines') ?? 100,
        end: wholeNumber(query, 'end'),
        start: wholeNumber(query, 'start'),
        pattern: query.get('pattern'),
      };
      return ok(await backend.log(query.get('service') ?? '', window));
    }
    case 'GET /v1/search': {
      const ask = {
        direction: query.get('direction') === 'forward' ? ('forward' as const) : ('backward' as const),
        from: wholeNumber(query, 'from'),
        until: wholeNumber(query, 'until'),
        lines: Math.min(limits.searchLinesMax, Math.max(1, wholeNumber(query, 'lines') ?? 1)),
      };
      return ok(await backend.search(query.get('service') ?? '', query.get('pattern') ?? '', ask));
    }
    case 'GET /v1/logs': {
      const from = {
        lines: wholeNumber(query, 'lines') ?? 100,
        bytes: positions(query),
        sinceMs: wholeNumber(query, 'since'),
        pattern: query.get('pattern'),
        ignoreCase: query.get('ignoreCase') === '1',
      };
      const isFollowed = query.get('follow') === '1';
      return stream(exchange, (gone, say) => {
        const ask = query.get('begins') === '1' ? { ...from, onBegin: say } : from;
        return backend.logs(query.getAll('service'), ask, isFollowed, gone);
      });
    }
    case 'GET /v1/raw': {
      const lines = wholeNumber(query, 'lines') ?? 100;
      const from = { lines, sinceMs: wholeNumber(query, 'since'), byte: wholeNumber(query, 'from') };
      const service = query.get('service') ?? '';
      return stream(exchange, (gone) => backend.raw(service, from, query.get('follow') === '1', gone));
    }
    case 'GET /v1/events': {
      const sink = exchange.stream('application/x-ndjson');
      return pour(backend.events(query.get('follow') === '1', sink.closed), sink);
    }
    case 'GET /v1/upgrades':
      return ok(await backend.upgrades(query.get('look') === '1'));
    case 'POST /v1/upgrade/plan':
      return ok(await backend.planUpgrade(await parse(exchange, upgradeAsk)));
    case 'POST /v1/upgrade':
      return ok(await backend.upgrade(await parse(exchange, upgradeBegin)));
    case 'POST /v1/upgrade/cancel':
      backend.cancelUpgrade();
      return ok({});
    case 'GET /v1/history':
      return ok(await backend.history());
    case 'POST /v1/session':
      return joinSession(backend, exchange);
    default:
      return routeService(backend, exchange, ok);
  }
};

/** The requests about one service. */
const routeService = async (backend: Backend, exchange: Exchange, ok: (value: unknown) => void): Promise<void> => {
  const { method, path } = exchange;
  const [, encoded = '', action = ''] = /^\/v1\/services\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  const name = decodeURIComponent(encoded);
  switch (`${method} ${action}`) {
    case 'POST start':
    case 'POST stop':
    case 'POST restart':
      await backend.service(name, action as 'start' | 'stop' | 'restart');
      return ok({});
    case 'POST signal':
      return ok(await backend.signal(name, await parse(exchange, signalRequest)));
    case 'POST defer':
      await backend.deferUpgrade(name, await parse(exchange, upgradeDefer));
      return ok({});
    case 'GET launch':
      return ok(backend.launch(name));
    default:
      throw new BootyError('USAGE', {
        problem: `no such request: ${method} ${path}`,
        usage: 'see source/api/protocol.ts',
      });
  }
};

/** Answers with what comes, one document a line. What is refused at once is an error and not an empty answer. */
const stream = (
  exchange: Exchange,
  values: (gone: Promise<void>, say: (value: unknown) => void) => AsyncIterable<unknown>,
): Promise<void> => {
  const gone = Promise.withResolvers<void>();
  // Nothing is said before the first value is asked for, which is when there is somebody to say it to.
  const all = values(gone.promise, (value) => void sink.write(JSON.stringify(value)));
  const sink = exchange.stream('application/x-ndjson');
  void sink.closed.then(gone.resolve);
  return pour(all, sink);
};

/** Writes what comes as fast as the reader takes it; memory does not grow behind a slow one. */
const pour = async (values: AsyncIterable<unknown>, sink: LineSink): Promise<void> => {
  try {
    for await (const value of values) if (!sink.write(JSON.stringify(value))) await sink.drained();
  } catch (error) {
    // The status has been said long since: the last line tells.
    sink.write(JSON.stringify({ failed: toDocument(error) }));
  } finally {
    sink.end();
  }
};

const joinSession = async (backend: Backend, exchange: Exchange): Promise<void> => {
  const words = parseWords(exchange.lines());
  const first = await words[Symbol.asyncIterator]().next();
  if (first.done || first.value.type !== 'hello') {
    throw new BootyError('USAGE', { problem: 'a session begins with hello', usage: '{"type":"hello", …}' });
  }
  const sink = exchange.stream('application/x-ndjson');
  try {
    const tell = (frame: Frame): boolean => sink.write(JSON.stringify(frame));
    await backend.session(first.value, words, tell, sink.closed);
  } finally {
    sink.end();
  }
};

async function* parseWords(lines: AsyncIterable<string>): AsyncGenerator<ClientWord> {
  for await (const line of lines) {
    const parsed = clientWord.safeParse(readJson(line));
    // A word this version does not know is not worth losing the session for.
    if (parsed.success) yield parsed.data;
  }
}

const parse = async <T>(
  exchange: Exchange,
  schema: { safeParse(value: unknown): { success: boolean; data?: T; error?: Error } },
): Promise<T> => {
  const parsed = schema.safeParse(readJson(await exchange.body()));
  if (parsed.success && parsed.data !== undefined) return parsed.data;
  throw new BootyError('USAGE', {
    problem: `the body of ${exchange.method} ${exchange.path} does not fit: ${parsed.error?.message ?? ''}`,
    usage: 'see source/api/schema.ts',
  });
};

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const wholeNumber = (query: URLSearchParams, name: string): number | null => {
  const text = query.get(name);
  if (text === null) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new BootyError('USAGE', { problem: `${name}=${text} is not a whole number`, usage: `${name}=100` });
};

/** `from=a:17&from=b:0` as service → byte. */
const positions = (query: URLSearchParams): Readonly<Record<string, number>> =>
  Object.fromEntries(
    query.getAll('from').map((text) => {
      const [, service, byte] = /^([^:]+):(\d{1,15})$/.exec(text) ?? [];
      if (service === undefined) {
        throw new BootyError('USAGE', { problem: `from=${text} is no place in a log`, usage: 'from=SERVICE:BYTE' });
      }
      return [service, Number(byte)];
    }),
  );

const toDocument = (error: unknown): ErrorDocument =>
  error instanceof BootyError
    ? error.toJSON()
    : new BootyError('ASSERTION', { claim: reasonOf(error) }, { cause: error }).toJSON();
