import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createClient } from '../../../source/api/client.ts';
import type { StackClient } from '../../../source/api/protocol.ts';
import type { HistoryEntry, UpgradeProgress } from '../../../source/api/upgrade-protocol.ts';
import { stackPaths } from '../../../source/core/paths.ts';
import { createChannels } from '../../../source/edge/channels.ts';
import { createHost } from '../../../source/edge/host.ts';
import { service, stack } from '../../stack/definitions.ts';
import { bundled } from '../../bundled.ts';
import { freePort } from '../../free-port.ts';
import { removeTree } from '../../remove-tree.ts';
import { until } from '../../until.ts';

/** One stack with one stand-in server, and the daemons that run it one after the other. */
export type Shop = {
  readonly client: StackClient;
  readonly daemon: (behaviour: string, dieAt?: string, gateMs?: number) => Promise<ChildProcess>;
  /** Asks for the stack with versions in the range. */
  readonly asks: (range: string) => Promise<void>;
  /** The same, and waits until it is ready. */
  readonly up: (range: string) => Promise<void>;
  readonly version: () => Promise<string | null>;
  /** Resolves with the newest entry once an upgrade has settled. */
  readonly settled: (entries: number) => Promise<HistoryEntry>;
  readonly written: () => string;
  readonly locked: () => string;
  readonly lockFile: string;
  readonly home: string;
};

/** The upgrade under way or over, as the daemon shows it. */
export const shownOf = async ({ client }: Pick<Shop, 'client'>): Promise<UpgradeProgress | null> => {
  const session = await client.session({ type: 'hello', client: 'test', own: false, onHangup: 'keep' });
  try {
    for await (const frame of session.frames) if (frame.type === 'state') return frame.upgrade ?? null;
    return null;
  } finally {
    session.close();
  }
};

/** Versions of which the second cannot be gone back from without a snapshot, and two that share their data. */
export const apart = { old: '1.0.0', first: '^1', next: '>=1 <3' } as const;
export const alike = { old: '3.0.0', first: '~3.0', next: '^3' } as const;
export type Pair = typeof apart | typeof alike;

/** A shop whose server runs the older version of a pair, with the newer one in its range. */
export const openAt = async (
  t: ExecutionContext,
  behaviour: string,
  dieAt = '',
  pair: Readonly<Record<keyof Pair, string>> = apart,
): Promise<Shop & { readonly first: ChildProcess }> => {
  const shop = openShop(t);
  const first = await shop.daemon(behaviour, dieAt);
  await shop.up(pair.first);
  await shop.up(pair.next);
  t.is(await shop.version(), pair.old);
  return { ...shop, first };
};

export const openShop = (t: ExecutionContext): Shop => {
  const home = mkdtempSync(join(tmpdir(), 'booty-upgrade-'));
  const host = createHost();
  const paths = stackPaths({ ...host, environment: { ...host.environment, BOOTY_HOME: home } }, 'shop');
  const client = createClient(createChannels(), 'shop', paths.socket);
  const children: ChildProcess[] = [];
  let http: number | null = null;
  t.teardown(async () => {
    await client.down({ force: 2, graceMsMax: null }).catch(() => {});
    for (const child of children) if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    removeTree(home);
  });
  const version = async (): Promise<string | null> => (await client.ps()).services[0]?.version ?? null;
  const asks = async (range: string): Promise<void> => {
    // Its own from first to last: a daemon that is started anew must find it where the one before it had it.
    http ??= await freePort();
    const prom = service({
      name: 'prom',
      component: 'prometheus',
      version: range,
      ports: { http },
      workingDir: home,
    });
    await client.up({
      definition: { ...stack([prom]), name: 'shop', file: null, folder: home },
      services: [],
      profiles: [],
    });
  };
  const lockFile = join(paths.root, 'booty.lock.json');
  return {
    client,
    home,
    daemon: async (behaviour, dieAt = '', gateMs = 400) => {
      const program = bundled(join(import.meta.dirname, 'daemon.ts'));
      const registry = join(import.meta.dirname, '../../../registry.json');
      const env = { ...process.env, BOOTY_HOME: home, BOOTY_GATE_MS: `${gateMs}`, BOOTY_UPDATE_CHECK: '0' };
      const child = spawn(process.execPath, [program, home, registry, behaviour, dieAt], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      await once(child.stdout, 'data');
      return child;
    },
    asks,
    up: async (range) => {
      await asks(range);
      await until('the service is ready', async () => (await client.ps()).services[0]?.state === 'ready', 60_000);
    },
    version,
    settled: async (entries) => {
      await until('the upgrade has settled', async () => (await client.history()).length >= entries, 60_000);
      const all = await client.history();
      const last = all.at(-1);
      if (last === undefined) throw new Error('there is no entry');
      return last;
    },
    written: () => readFileSync(join(paths.data, 'prom', 'written'), 'utf8'),
    lockFile,
    locked: () => {
      const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as {
        readonly services: { readonly prom: { readonly version: string } };
      };
      return lock.services.prom.version;
    },
  };
};
