import { BootyError, type ErrorDocument, reasonOf, reviveError } from '../core/error.ts';
import type { StackRow } from '../core/model.ts';
import type { Channels } from '../ports.ts';
import type {
  Frame,
  LogFound,
  LogBegin,
  LogLine,
  LogPiece,
  LogWindow,
  ServiceLaunch,
  Session,
  SignalAnswer,
  StackClient,
  StackEvent,
  UpAnswer,
} from './protocol.ts';
import type { HistoryEntry, UpgradeLook, UpgradePlan } from './upgrade-protocol.ts';

/**
The typed client of one stack's daemon. Every call throws DAEMON_UNREACHABLE when nobody answers at the socket, or
the very error the daemon answered with.
*/
export const createClient = (channels: Channels, stack: string, socket: string): StackClient => {
  const unreachable = (error: unknown): BootyError =>
    new BootyError('DAEMON_UNREACHABLE', { stack, socket, found: reasonOf(error) }, { cause: error });

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const ask = body === undefined ? { method, path } : { method, path, body: JSON.stringify(body) };
    const answer = await channels.request(socket, ask).catch((error: unknown) => {
      throw unreachable(error);
    });
    return readAnswer(answer.status, answer.body);
  };

  async function* stream<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
    const dialled = await channels
      .dial(socket, { method: 'GET', path, open: false }, signal)
      .catch((error: unknown) => {
        throw unreachable(error);
      });
    try {
      if (dialled.status !== 200) await refuse(dialled.status, dialled.lines);
      // Both ends are of one version or the daemon is newer; lines are what protocol.ts says.
      for await (const line of dialled.lines) {
        const value = JSON.parse(line) as T | { readonly failed: ErrorDocument };
        if (typeof value === 'object' && value !== null && 'failed' in value) throw reviveError(value.failed);
        yield value;
      }
      if (!dialled.isWhole() && !signal.aborted) throw unreachable(cutOff());
    } finally {
      dialled.close();
    }
  }

  return {
    ps: async () => (await call('GET', '/v1/ps')) as StackRow,
    up: async (request) => (await call('POST', '/v1/up', request)) as UpAnswer,
    plan: async (request) => (await call('POST', '/v1/plan', request)) as UpAnswer,
    down: async (request) => void (await call('POST', '/v1/down', request)),
    service: async (name, action) => void (await call('POST', `/v1/services/${encodeURIComponent(name)}/${action}`)),
    signal: async (service, request) =>
      (await call('POST', `/v1/services/${encodeURIComponent(service)}/signal`, request)) as SignalAnswer,
    launch: async (service) =>
      (await call('GET', `/v1/services/${encodeURIComponent(service)}/launch`)) as ServiceLaunch,
    log: async (service, window) => {
      const query = new URLSearchParams({ service, lines: String(window.lines) });
      if (window.end !== undefined) query.set('end', String(window.end));
      if (window.start !== undefined) query.set('start', String(window.start));
      if (window.pattern !== undefined) query.set('pattern', window.pattern);
      return (await call('GET', `/v1/log?${query}`)) as LogWindow;
    },
    search: async (service, { pattern, direction, lines, from, until }) => {
      const query = new URLSearchParams({ service, pattern, direction, lines: String(lines) });
      if (from !== undefined) query.set('from', String(from));
      if (until !== undefined) query.set('until', String(until));
      return (await call('GET', `/v1/search?${query}`)) as LogFound;
    },
    logs: ({ services, lines, follow, from = {}, sinceMs, pattern, ignoreCase = false }, signal, onBegin) => {
      const query = new URLSearchParams({ lines: String(lines), ...(follow && { follow: '1' }) });
      if (onBegin !== undefined) query.set('begins', '1');
      for (const service of services) query.append('service', service);
      for (const [service, byte] of Object.entries(from)) query.append('from', `${service}:${byte}`);
      if (sinceMs !== undefined) query.set('since', String(sinceMs));
      if (pattern !== undefined) query.set('pattern', pattern);
      if (ignoreCase) query.set('ignoreCase', '1');
      return linesOf(stream<LogLine | LogBegin>(`/v1/logs?${query}`, signal), onBegin);
    },
    raw: ({ service, lines, follow, sinceMs, fromByte }, signal) => {
      const query = new URLSearchParams({ service, lines: String(lines), ...(follow && { follow: '1' }) });
      if (sinceMs !== undefined) query.set('since', String(sinceMs));
      if (fromByte !== undefined) query.set('from', String(fromByte));
      return stream<LogPiece>(`/v1/raw?${query}`, signal);
    },
    events: ({ follow }, signal) => stream<StackEvent>(`/v1/events${follow ? '?follow=1' : ''}`, signal),
    upgrades: async (look) => (await call('GET', `/v1/upgrades${look ? '?look=1' : ''}`)) as UpgradeLook,
    planUpgrade: async (ask) => (await call('POST', '/v1/upgrade/plan', ask)) as UpgradePlan,
    upgrade: async (ask) => (await call('POST', '/v1/upgrade', ask)) as { readonly id: string },
    cancelUpgrade: async () => void (await call('POST', '/v1/upgrade/cancel')),
    deferUpgrade: async (service, defer) =>
      void (await call('POST', `/v1/services/${encodeURIComponent(service)}/defer`, defer)),
    history: async () => (await call('GET', '/v1/history')) as readonly HistoryEntry[],
    session: async (hello): Promise<Session> => {
      const dialled = await channels
        .dial(socket, { method: 'POST', path: '/v1/session', open: true }, undefined, JSON.stringify(hello))
        .catch((error: unknown) => {
          throw unreachable(error);
        });
      if (dialled.status !== 200) await refuse(dialled.status, dialled.lines);
      return {
        frames: parseFrames(dialled.lines),
        say: (word) => dialled.write(JSON.stringify(word)),
        isWhole: () => dialled.isWhole(),
        close: () => dialled.close(),
      };
    },
  };
};

async function* linesOf(
  all: AsyncIterable<LogLine | LogBegin>,
  onBegin: (begin: LogBegin) => void = () => {},
): AsyncGenerator<LogLine> {
  for await (const each of all) {
    if ('beginByte' in each) onBegin(each);
    else yield each;
  }
}

/** The daemon died, or was cut short, in the midst of what it had to say. */
const cutOff = (): Error => Object.assign(new Error('the connection broke off (ECONNRESET)'), { code: 'ECONNRESET' });

async function* parseFrames(lines: AsyncIterable<string>): AsyncGenerator<Frame> {
  for await (const line of lines) yield JSON.parse(line) as Frame;
}

const readAnswer = (status: number, body: string): unknown => {
  const value: unknown = JSON.parse(body);
  if (status >= 400) throw reviveError(value as ErrorDocument);
  return value;
};

const refuse = async (status: number, lines: AsyncIterable<string>): Promise<never> => {
  const text = await Array.fromAsync(lines);
  readAnswer(status, text.join('\n'));
  throw new Error(`status ${status}`);
};
