import { environmentOf, fillAll, fillVariables } from './compose-environment.ts';
import type { DraftService, DraftValue, Skipped } from './draft.ts';

/** A map of a compose file as YAML gives it. */
export type ComposeMap = Readonly<Record<string, unknown>>;

/** What has to be known beside the file itself. */
export type ComposeWorld = {
  /** The component an image's name stands for, with the numbers of its ports, or null. */
  readonly componentOf: (name: string) => KnownSystem | null;
  /** Whether a variable is set for interpolation. */
  readonly isSet: (variable: string) => boolean;
  /** What runs in a folder by its own files (package.json, go.mod), for services that are built there. */
  readonly programIn: (folder: string) => { readonly command: string; readonly from: string } | null;
};

/** A component, its ports by name, and the scheme of the first one's URL. */
export type KnownSystem = {
  readonly component: string;
  readonly scheme: string;
  readonly ports: Readonly<Record<string, number>>;
};

/** A service as the others of the file find it. */
export type Peer = {
  /** In booty.yaml. */
  readonly name: string;
  /** The numbers it listens at in Compose's network. */
  readonly ports: Readonly<Record<string, number>>;
  /** Of the URL of the first port. */
  readonly scheme: string;
  /** False for one that is left out. */
  readonly isKept: boolean;
};

/** What of a service the others have to know. */
export const peerOf = (name: string, service: ComposeMap, world: ComposeWorld): Peer => {
  const system = systemOf(service, world);
  if (system !== null) return { name, ports: system.ports, scheme: system.scheme, isKept: true };
  return { name, ports: portsOf(service), scheme: 'http', isKept: commandOf(service, world) !== null };
};

const systemOf = ({ image }: ComposeMap, world: ComposeWorld): KnownSystem | null =>
  typeof image === 'string' ? world.componentOf(baseOf(image)) : null;

type Source = { readonly written: string; readonly from: string; readonly service: ComposeMap };

/** Keys that mean the same in booty.yaml. */
const sameKeys = ['restart', 'stop_signal', 'stop_grace_period', 'profiles'] as const;
/** Keys that are read here, in one way or another. */
const readKeys = new Set<string>([
  ...sameKeys,
  ...['image', 'build', 'command', 'entrypoint', 'environment', 'env_file', 'working_dir', 'depends_on', 'healthcheck'],
  ...['ports', 'expose', 'container_name'],
]);

/** One service of a compose file in booty's words, or why it cannot be one. `depends_on` is a map of conditions. */
export const composeService = (
  { written, from, service }: Source,
  peers: ReadonlyMap<string, Peer>,
  world: ComposeWorld,
): DraftService | Skipped => {
  const name = peers.get(written)?.name ?? written;
  const left = Object.keys(service).filter((key) => !readKeys.has(key) && !key.startsWith('x-'));
  const renamed = name === written ? [] : [`Named ${written} in ${from}.`];
  const dependsOn = dependenciesOf(service['depends_on'], peers);
  const shared = { ...same(service, world), ...orNothing('depends_on', dependsOn) };
  const image = typeof service['image'] === 'string' ? service['image'] : null;
  const system = systemOf(service, world);
  if (image !== null && system !== null) {
    const dropped = [...imageKeys.filter((key) => key in service), ...left];
    const tag = /:v?(\d+\.\d+)/.exec(image)?.[1];
    return {
      name,
      from,
      about: [`Was the image ${image}; booty runs ${system.component} itself.`, ...renamed, ...leftOut(dropped)],
      keys: { component: system.component, ...shared },
      hints: tag === undefined ? [] : [`version: ^${tag}`],
    };
  }
  const command = commandOf(service, world);
  if (command === null) return { name, from, why: whyNothing(service, image) };
  return {
    name,
    from,
    about: [...command.about, ...renamed, ...leftOut(left)],
    keys: {
      command: command.words,
      ...(command.folder === null ? {} : { working_dir: command.folder }),
      ...orNothing('environment', environmentOf(service['environment'], peers, world.isSet)),
      ...envFiles(service['env_file']),
      ...orNothing('ports', portsOf(service)),
      ...orNothing('healthcheck', healthcheckOf(service['healthcheck'], world)),
      ...shared,
    },
    hints: [],
  };
};

/** Keys of Compose that speak to the program of an image, whose place booty's own recipe takes. */
const imageKeys = ['command', 'entrypoint', 'environment', 'env_file', 'ports', 'healthcheck'];

const orNothing = (key: string, value: Readonly<Record<string, DraftValue>>): Readonly<Record<string, DraftValue>> =>
  Object.keys(value).length > 0 ? { [key]: value } : {};

/** `docker.io/prom/node-exporter:v1.8@sha256:…` → `node-exporter`. */
const baseOf = (image: string): string => (image.split('@')[0]?.split('/').at(-1) ?? '').split(':')[0] ?? '';

const whyNothing = (service: ComposeMap, image: string | null): string => {
  if (image !== null) return `booty has no component for the image ${image}, and it names no command`;
  return 'build' in service ? 'it is built as an image, and what it runs is not said' : 'it names nothing to run';
};

const leftOut = (keys: readonly string[]): readonly string[] =>
  keys.length === 0 ? [] : [`Left out: ${keys.join(', ')}.`];

const same = (service: ComposeMap, world: ComposeWorld): Readonly<Record<string, DraftValue>> =>
  Object.fromEntries(sameKeys.flatMap((key) => (key in service ? [[key, fillAll(service[key], world.isSet)]] : [])));

type Command = {
  readonly words: DraftValue;
  readonly folder: string | null;
  readonly about: readonly string[];
};

const commandOf = (service: ComposeMap, world: ComposeWorld): Command | null => {
  const folder = folderOf(service);
  const own = [...wordsOf(service['entrypoint'], world), ...wordsOf(service['command'], world)];
  // Arguments alone are for the program of an image.
  const first = own[0] ?? '';
  if (own.length > 0 && !first.startsWith('-')) {
    const isString = typeof service['command'] === 'string' && !('entrypoint' in service);
    const image = service['image'];
    const about = typeof image === 'string' ? [`Ran in the image ${image}: ${first} has to be on this machine.`] : [];
    return { words: isString ? fillVariables(String(service['command']), world.isSet) : own, folder, about };
  }
  const context = contextOf(service['build']);
  const found = context === null ? null : world.programIn(context);
  if (context === null || found === null) return null;
  const about = [`Was built from ${context}; the command is that of its ${found.from}.`];
  return { words: found.command, folder: context === '.' ? null : context, about };
};

const wordsOf = (written: unknown, world: ComposeWorld): readonly string[] => {
  if (Array.isArray(written)) return written.map((word) => fillVariables(String(word), world.isSet));
  return typeof written === 'string'
    ? written
        .trim()
        .split(/\s+/)
        .map((word) => fillVariables(word, world.isSet))
    : [];
};

const contextOf = (build: unknown): string | null => {
  if (typeof build === 'string') return build;
  if (typeof build !== 'object' || build === null || !('context' in build)) return build === undefined ? null : '.';
  return typeof build.context === 'string' ? build.context : null;
};

/** The folder of this machine that was mounted where the command ran. */
const folderOf = (service: ComposeMap): string | null => {
  const inside = typeof service['working_dir'] === 'string' ? service['working_dir'].replace(/\/+$/, '') : null;
  if (inside !== null && !inside.startsWith('/')) return inside;
  const mounts = Array.isArray(service['volumes']) ? service['volumes'] : [];
  for (const mount of mounts) {
    const [here, there] = typeof mount === 'string' ? mount.split(':') : [];
    const isMeant = inside === null ? false : there?.replace(/\/+$/, '') === inside;
    if (here !== undefined && isMeant && /^\.{1,2}(\/|$)/.test(here)) return /^\.\/?$/.test(here) ? null : here;
  }
  return null;
};

/** The ports a program listens on: what is behind the colon. One is `http`, others are named by their number. */
const portsOf = (service: ComposeMap): Readonly<Record<string, number>> => {
  const entries = [...listOf(service['ports']), ...listOf(service['expose'])];
  const numbers = entries.flatMap((entry) => {
    const target = typeof entry === 'object' && entry !== null && 'target' in entry ? entry.target : entry;
    const number = /(?:^|:)(\d{1,5})(?:\/\w+)?$/.exec(String(target))?.[1];
    const port = Number(number);
    return port >= 1 && port <= 65_535 ? [port] : [];
  });
  return Object.fromEntries([...new Set(numbers)].map((port, index) => [index === 0 ? 'http' : `port-${port}`, port]));
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const healthcheckKeys = ['test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable'];

const healthcheckOf = (written: unknown, world: ComposeWorld): Readonly<Record<string, DraftValue>> => {
  if (typeof written !== 'object' || written === null) return {};
  const entries = Object.entries(written).filter(([key]) => healthcheckKeys.includes(key));
  if (!entries.some(([key]) => key === 'test' || key === 'disable')) return {};
  return Object.fromEntries(entries.map(([key, value]) => [key, fillAll(value, world.isSet)]));
};

const dependenciesOf = (
  written: unknown,
  peers: ReadonlyMap<string, Peer>,
): Readonly<Record<string, Readonly<Record<string, DraftValue>>>> => {
  const fit = (name: string): string => peers.get(name)?.name ?? name;
  if (Array.isArray(written)) {
    return Object.fromEntries(written.map((name) => [fit(String(name)), { condition: 'service_started' }]));
  }
  if (typeof written !== 'object' || written === null) return {};
  return Object.fromEntries(
    Object.entries(written).map(([name, how]) => [fit(name), { ...(how as Readonly<Record<string, DraftValue>>) }]),
  );
};

/** A file that is not there is no reason not to start. */
const envFiles = (written: unknown): Readonly<Record<string, DraftValue>> => {
  const entries = Array.isArray(written) ? written : written === undefined ? [] : [written];
  const files = entries.flatMap((entry): readonly DraftValue[] => {
    const path: unknown = typeof entry === 'object' && entry !== null && 'path' in entry ? entry.path : entry;
    return typeof path === 'string' ? [{ path, required: false }] : [];
  });
  return files.length > 0 ? { env_file: files } : {};
};
