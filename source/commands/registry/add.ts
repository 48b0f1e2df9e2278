import { resolve } from 'node:path';
import { BootyError } from '../../core/error.ts';
import { bootyHome } from '../../core/paths.ts';
import type { RegistryEntry } from '../../trust/registry-list.ts';
import type { Arguments, Context } from '../context.ts';
import { registryPlaces } from '../registries-of.ts';
import type { RegistryVerb } from './verb.ts';
import { whileUpdating } from './while-updating.ts';

export const addRegistry: RegistryVerb = {
  name: 'add',
  usage: 'registry add FILE | URL --root FILE|SHA256 [--name NAME] [--when-expired WORD]',
  summary: 'lay a registry over those there are: a file, or one on a host, which is believed by TUF',
  options: {
    name: { type: 'string', value: 'NAME', help: 'add: how it is called here (default: by its file or host)' },
    root: { type: 'string', value: 'ROOT', help: 'add URL: its root.json, or the SHA-256 of it, got by another way' },
    'when-expired': {
      type: 'string',
      value: 'WORD',
      help: 'add URL: refuse (default) new versions once its metadata expired, or use-known',
    },
  },
  wordsMin: 1,
  wordsMax: 1,
  run: async (context, args) => {
    const [word = ''] = args.positionals;
    const entry = /^[a-z]+:\/\//.test(word) ? await addRemote(context, args, word) : await addFile(context, args, word);
    if (args.flag('json')) await context.print.json({ added: entry });
    else await context.print.line(`${entry.name} is laid over the registries before it; see: booty registry list`);
    return 0;
  },
};

const addFile = async (context: Context, args: Arguments, word: string): Promise<RegistryEntry> => {
  const file = resolve(context.folder, word);
  const entry = { name: args.text('name') ?? nameOfFile(file), file };
  const { requireLayer } = await import('../../trust/open-registries.ts');
  const { requireNothingTwice } = await import('../../registry/load.ts');
  // What cannot be used is not added: it would stop every installation until somebody takes it away again.
  await requireLayer(context.ports, await registryPlaces(context), entry, null);
  requireNothingTwice((await context.ports.files.readText(file)) ?? '', file);
  await append(context, entry);
  return entry;
};

const addRemote = async (context: Context, args: Arguments, word: string): Promise<RegistryEntry> => {
  const { ports } = context;
  const url = word.replace(/\/+$/, '');
  const rootWord = args.text('root');
  const bad = (problem: string): BootyError =>
    new BootyError('USAGE', { problem: `booty registry add: ${problem}`, usage: `booty ${addRegistry.usage}` });
  if (rootWord === undefined) throw bad('who runs it has to tell its root by another way than the URL: --root');
  const wish = args.text('when-expired');
  const whenExpired = (['refuse', 'use-known'] as const).find((each) => each === wish);
  if (whenExpired === undefined && wish !== undefined) throw bad('--when-expired is refuse or use-known');
  const { isPlaceUrl, isRegistryName, readList } = await import('../../trust/registry-list.ts');
  if (!isPlaceUrl(url))
    throw bad('the URL is to be http, https or file, without user and query (tokens: BOOTY_TOKEN_<HOST>)');
  const { cacheFolder } = await import('../../trust/tuf/cache.ts');
  const { updateRemote } = await import('../../trust/tuf/update.ts');
  const { requireLayer } = await import('../../trust/open-registries.ts');
  const home = bootyHome(ports.host);
  const name = args.text('name') ?? nameOfUrl(url);
  // Before anything is fetched: the name is that of a folder.
  if (!isRegistryName(name)) throw bad(`${JSON.stringify(name)} is no name for it: --name`);
  const root = await rootOf(context, rootWord);
  const entry = { name, url, root: root.pin, ...(whenExpired !== undefined && { whenExpired }) };
  const list = await readList(ports.files, home);
  if (list.some((each) => each.name === name)) throw taken(name);
  const places = await registryPlaces(context);
  try {
    await whileUpdating(context, (signal) =>
      updateRemote(ports, home, entry, {
        pinnedRoot: root.text,
        accept: (registry) => requireLayer(ports, places, entry, registry),
        signal,
      }),
    );
    await append(context, entry);
  } catch (error) {
    await ports.files.remove(cacheFolder(home, name));
    throw error;
  }
  return entry;
};

type Root = { readonly text: string | null; readonly pin: { readonly version: number; readonly sha256: string } };

/** A hash stands for the first root, which every registry keeps; a file may be any of them. */
const rootOf = async ({ ports, folder }: Context, word: string): Promise<Root> => {
  const [, hash] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(word) ?? [];
  if (hash !== undefined) return { text: null, pin: { version: 1, sha256: hash } };
  const path = resolve(folder, word);
  const text = await ports.files.readText(path);
  const { readRoot, sha256 } = await import('../../trust/tuf/verify.ts');
  try {
    if (text === null) throw new Error('there is no such file');
    return { text, pin: { version: readRoot(text).signed.version, sha256: sha256(Buffer.from(text)) } };
  } catch (error) {
    const problem = `booty registry add: --root ${word}: ${error instanceof Error ? error.message : String(error)}`;
    throw new BootyError('USAGE', { problem, usage: `booty ${addRegistry.usage}` }, { cause: error });
  }
};

const append = async ({ ports }: Context, entry: RegistryEntry): Promise<void> => {
  const { changeList } = await import('../../trust/registry-list.ts');
  await changeList(ports.files, bootyHome(ports.host), (list) => {
    if (list.some((each) => each.name === entry.name)) throw taken(entry.name);
    return [...list, entry];
  });
};

const taken = (name: string): BootyError =>
  new BootyError('USAGE', {
    problem: `booty registry add: there is a registry ${name} already`,
    usage: `booty ${addRegistry.usage}`,
  });

/** `/srv/acme.registry.json` → acme; `/srv/acme/registry.json` → acme. */
const nameOfFile = (file: string): string => {
  const [base = '', folder = ''] = file.split('/').toReversed();
  return safeName(base.replace(/\.json$/, '').replace(/\.?registry$/, '') || folder);
};

/** `https://bytes.acme.example/booty` → bytes-acme-example. */
const nameOfUrl = (url: string): string => safeName(new URL(url).hostname || 'folder');

const safeName = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 40) || 'added';
