/**
A daemon that has no services: it answers at a stack's real socket and tells what a test sets, so that the real commands
and the real screen can be driven through every turn of an upgrade without waiting for one.
*/
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { StateFrame } from './tui/fake-stack.ts';
import type { HistoryEntry, UpgradePlan } from '../source/api/upgrade-protocol.ts';

export type FakeDaemon = {
  /** `METHOD path body` of all that was asked, but looks at the stack. */
  readonly asked: string[];
  /** Tells every session; later ones hear it first. */
  readonly tell: (changes: Partial<StateFrame>) => void;
  plan: UpgradePlan;
  history: readonly HistoryEntry[];
  /** Called once an upgrade was asked for. */
  begun: () => void;
};

export const startFakeDaemon = async (
  t: ExecutionContext,
  where: { readonly home: string; readonly socket: string; readonly folder: string },
  first: StateFrame,
  plan: UpgradePlan,
): Promise<FakeDaemon> => {
  let frame = first;
  const sessions = new Set<ServerResponse>();
  const root = path.join(where.home, 'stacks', first.row.stack);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  mkdirSync(path.dirname(where.socket), { recursive: true, mode: 0o700 });
  writeFileSync(
    path.join(root, 'origin.json'),
    JSON.stringify({ name: first.row.stack, folder: where.folder, file: path.join(where.folder, 'booty.yaml') }),
  );
  const daemon: FakeDaemon = {
    asked: [],
    plan,
    history: [],
    begun: () => {},
    tell: (changes) => {
      frame = { ...frame, atMs: Date.now(), ...changes };
      for (const session of sessions) session.write(`${JSON.stringify(frame)}\n`);
    },
  };
  const answers: Readonly<Record<string, () => unknown>> = {
    'GET /v1/ps': () => frame.row,
    'GET /v1/upgrades': () => frame.upgrades,
    'POST /v1/upgrade/plan': () => daemon.plan,
    'POST /v1/upgrade': () => {
      setImmediate(() => daemon.begun());
      return { id: '7' };
    },
    'GET /v1/history': () => daemon.history,
    'GET /v1/log': () => ({ lines: [], endByte: 0, fileBytes: 0 }),
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const [route = ''] = (request.url ?? '').split('?');
    const name = `${request.method} ${route}`;
    if (route === '/v1/session') {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(`${JSON.stringify(frame)}\n`);
      sessions.add(response);
      response.on('close', () => sessions.delete(response));
      return;
    }
    if (route === '/v1/events') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end();
      return;
    }
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    if (name !== 'GET /v1/ps' && name !== 'GET /v1/log') daemon.asked.push(`${name} ${body}`.trim());
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[name]?.() ?? {}));
  };
  const server = createServer((request, response) => void handle(request, response));
  const listening = Promise.withResolvers<void>();
  server.listen(where.socket, () => listening.resolve());
  await listening.promise;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  t.teardown(close);
  return daemon;
};
