/** A signed registry on a web server of this machine, whose answers a test can exchange, and a client of it. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Layer } from '../../../source/trust/believe.ts';
import { openRegistries, registriesMark } from '../../../source/trust/open-registries.ts';
import type { RemoteEntry } from '../../../source/trust/registry-list.ts';
import { createKeys } from '../../../source/trust/tuf/keys.ts';
import { defaultLifetimes, type Lifetimes } from '../../../source/trust/tuf/lifetimes.ts';
import { type Signed, signRegistry } from '../../../source/trust/tuf/sign.ts';
import { updateRemote } from '../../../source/trust/tuf/update.ts';
import { hashOf, registryText } from '../../registry/documents.ts';
import { carriers, clock, files, hostWith, newHome } from '../../store/world.ts';

/** Path below the URL → what is sent in its place; null: 404, a number: that status. */
type Answers = Map<string, Buffer | string | number | null>;

export type Site = {
  readonly url: string;
  readonly folder: string;
  readonly keys: string;
  readonly answers: Answers;
  readonly asked: string[];
  /** Signs what lies there, with other versions of the registry where some are given. */
  readonly sign: (versions?: readonly string[], how?: SignHow) => Promise<Signed>;
  /** Every file that is served, by its path. */
  readonly snapshot: () => Promise<ReadonlyMap<string, Buffer>>;
  readonly close: () => void;
};

type SignHow = {
  readonly nowMs?: number;
  readonly keys?: string;
  readonly lifetimes?: Partial<Lifetimes>;
  readonly asked?: readonly ('root' | 'targets' | 'snapshot' | 'timestamp')[];
};

/** The text of a registry with widgets of these versions. */
export const widgets = (versions: readonly string[]): string =>
  registryText(
    Object.fromEntries(
      versions.map((version, index) => [
        version,
        { 'linux-amd64': hashOf('abcdef'[index] ?? 'f'), 'linux-arm64': hashOf('012345'[index] ?? '6') },
      ]),
    ),
  );

export const newSite = async (
  t: ExecutionContext,
  root: { readonly rootKeys: number; readonly threshold: number } = { rootKeys: 1, threshold: 1 },
): Promise<Site> => {
  const base = await newHome(t);
  const folder = join(base, 'public');
  const keys = join(base, 'keys');
  await files.makeFolder(folder, 0o755);
  await createKeys(files, keys, root);
  const answers: Answers = new Map();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    asked.push(path);
    const answer = answers.get(path);
    if (typeof answer === 'number') return void response.writeHead(answer).end();
    if (answer === null) return void response.writeHead(404).end();
    if (answer !== undefined) return void response.writeHead(200).end(answer);
    readFile(join(folder, path)).then(
      (bytes) => response.writeHead(200).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  t.teardown(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    keys,
    answers,
    asked,
    close,
    sign: async (versions, how = {}) => {
      if (versions !== undefined) await writeFile(join(folder, 'registry.json'), widgets(versions));
      return signRegistry(files, {
        folder,
        keys: how.keys ?? keys,
        lifetimes: { ...defaultLifetimes, ...how.lifetimes },
        asked: new Set(how.asked),
        nowMs: how.nowMs ?? clock.nowMs(),
      });
    },
    snapshot: async () => {
      const found = new Map<string, Buffer>();
      for (const part of ['metadata', 'targets']) {
        for (const name of await readdir(join(folder, part))) {
          found.set(`${part}/${name}`, await readFile(join(folder, part, name)));
        }
      }
      return found;
    },
  };
};

export type Client = {
  readonly home: string;
  readonly entry: RemoteEntry;
  readonly update: (signal?: AbortSignal) => Promise<unknown>;
  /** What is believed of it now, at a moment of the test's own. */
  readonly layer: (nowMs?: number) => Promise<Layer>;
  /** What a daemon looks at to know that registries are to be read anew. */
  readonly mark: () => Promise<string>;
  /** Versions of the widget that are known from it; empty where it is not believed. */
  readonly versions: () => Promise<readonly string[]>;
};

/** A machine that has pinned the first root of a site and added it to its list. Nothing is fetched yet. */
export const newClient = async (t: ExecutionContext, site: Site, signed: Signed): Promise<Client> => {
  const home = await newHome(t);
  const entry = { name: 'acme', url: site.url, root: { version: 1, sha256: signed.firstRootSha256 } };
  await writeFile(join(home, 'built-in.json'), JSON.stringify({ schemaVersion: 1, packages: {} }));
  await writeFile(join(home, 'registries.json'), JSON.stringify({ schemaVersion: 1, registries: [entry] }));
  const places = { builtIn: join(home, 'built-in.json'), home, project: null };
  const layer = async (nowMs = clock.nowMs()): Promise<Layer> => {
    const parts = { files, host: hostWith({ BOOTY_REGISTRY: '' }), clock: { ...clock, nowMs: () => nowMs } };
    const believed = await openRegistries(parts, places);
    const found = believed.layers.find(({ name }) => name === 'acme');
    if (found === undefined) throw new Error('the list has no acme');
    return found;
  };
  return {
    home,
    entry,
    update: (signal = AbortSignal.timeout(60_000)) =>
      updateRemote({ files, clock, downloads: carriers.downloads }, home, entry, { signal }),
    layer,
    mark: () => registriesMark({ files, clock, host: hostWith({ BOOTY_REGISTRY: '' }) }, places),
    versions: async () => Object.keys((await layer()).registry?.packages['widget']?.versions ?? {}),
  };
};

/** A site with these versions and a client that has them. */
export const newPair = async (
  t: ExecutionContext,
  versions: readonly string[] = ['1.0.0'],
  root?: Parameters<typeof newSite>[1],
): Promise<{ readonly site: Site; readonly client: Client }> => {
  const site = await newSite(t, root);
  const client = await newClient(t, site, await site.sign(versions));
  await client.update();
  return { site, client };
};
