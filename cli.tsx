/**
The composition root: reads argv, gives the commands the real world, sets the exit code. Nothing else does any of it.
*/
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Context } from './source/commands/context.ts';
import { runCommand } from './source/commands/main.ts';
import { readOrigin } from './source/commands/origin.ts';
import { createPrint } from './source/commands/print.ts';
import { BootyError, type ErrorDocument, reasonOf, reviveError } from './source/core/error.ts';
import { bootyHome } from './source/core/paths.ts';
import { createForeground } from './source/edge/foreground.ts';
import { createMachine } from './source/edge/machine.ts';
import { guardTerminal } from './source/edge/terminal-guard.ts';
import { createTerminal } from './source/edge/terminal.ts';
import { createWorld } from './source/edge/world.ts';
import type { Store } from './source/store/store.ts';

const ownFolder = import.meta.dirname;
const packageFolder = path.basename(ownFolder) === 'dist' ? path.dirname(ownFolder) : ownFolder;
const ports = createWorld(async (url, signal) => {
  const { tokenHeaders } = await import('./source/trust/tokens.ts');
  return tokenHeaders(ports, bootyHome(ports.host), url, signal);
});
const terminal = createTerminal();

const folder = realpathSync(process.cwd());
/** A bundle carries components beside booty itself. */
const carried = existsSync(`${packageFolder}/store`) ? packageFolder : null;

const openStore: Context['openStore'] = async (project) => {
  const [{ createStore }, { registriesOf }] = await Promise.all([
    import('./source/store/create-store.ts'),
    import('./source/commands/registries-of.ts'),
  ]);
  const { registry, caution } = await registriesOf({ ports, folder, packageFolder }, project);
  return createStore({ ...ports, registry, caution, home: bootyHome(ports.host), carried });
};

/** The store of a stack's daemon, by the registries of the folder the stack was last started in. */
const openFollowingStore = async (root: string): Promise<Store> => {
  const [{ createFollowingStore }, { createStore }, { createSources }, { openRegistries, registriesMark }] =
    await Promise.all([
      import('./source/store/following-store.ts'),
      import('./source/store/create-store.ts'),
      import('./source/store/sources/all.ts'),
      import('./source/trust/open-registries.ts'),
    ]);
  const home = bootyHome(ports.host);
  // What is known of hosts outlasts the registries.
  const sources = createSources(ports, home, carried);
  const places = async () => {
    const project = (await readOrigin(ports.files, root))?.folder ?? null;
    return { builtIn: `${packageFolder}/registry.json`, home, project };
  };
  return createFollowingStore({
    mark: async () => registriesMark(ports, await places()),
    make: async () => {
      const { registry, caution } = await openRegistries(ports, await places());
      return createStore({ ...ports, registry, caution, home, sources });
    },
  });
};

/**
A young generation of 1 MB: a daemon makes much short-lived data and lives long. An old one that is cleared once it has
grown by a tenth: what was read of a log and is gone again would fill 40 MB before. And code for size: measured over 1 GB
of log, 100 MB in place of 115, for the same processor time. Such a heap needs no collections besides while all is quiet, which
were a sixth of what an idle daemon did. All four are known to Node 22, too.
*/
const memoryFlags = [
  '--max-semi-space-size=1',
  '--heap-growing-percent=10',
  '--optimize-for-size',
  '--no-memory-reducer',
];

/** One pool of malloc's for all threads: each of libuv's would keep a few MB of its own. Services do not get it. */
const memoryEnvironment = (): Readonly<Record<string, string>> => {
  const { environment } = ports.host;
  if (environment['MALLOC_ARENA_MAX'] !== undefined) return environment;
  return { ...environment, MALLOC_ARENA_MAX: '1', BOOTY_OWN: 'MALLOC_ARENA_MAX' };
};

const daemonCommand = (stack: string): readonly string[] => [
  process.execPath,
  ...memoryFlags.filter((flag) => !process.execArgv.includes(flag)),
  ...process.execArgv,
  process.argv[1] ?? '',
  'daemon',
  'run',
  '--stack',
  stack,
];

const startDaemon: Context['startDaemon'] = async (stack, paths) => {
  const { spawnDaemon } = await import('./source/edge/daemon-process.ts');
  const word = await spawnDaemon({
    command: daemonCommand(stack),
    logFile: paths.daemonLog,
    workingDir: '/',
    environment: memoryEnvironment(),
  }).catch((error: unknown) => {
    throw new BootyError('FOLDER_UNUSABLE', { path: paths.run, why: reasonOf(error) }, { cause: error });
  });
  if (word.kind === 'error') throw reviveError(word.document as ErrorDocument);
  if (word.kind === 'nothing')
    throw new BootyError('DAEMON_NOT_STARTED', { stack, why: word.why, log: paths.daemonLog });
};

const becomeDaemon: Context['becomeDaemon'] = async (stack, paths) => {
  const { runDaemon } = await import('./source/daemon/main.ts');
  const { announce } = await import('./source/edge/daemon-process.ts');
  const { spawnWarden } = await import('./source/edge/warden-process.ts');
  const asked = new AbortController();
  terminal.on('SIGTERM', () => asked.abort());
  terminal.on('SIGINT', () => asked.abort());
  // What nobody waited for is a bug to read about, and no reason to leave services alone.
  process.on('unhandledRejection', (reason) =>
    terminal.writeError(`${new Date().toISOString()} ${String(reason instanceof Error ? reason.stack : reason)}\n`),
  );
  // Whoever started it may close their terminal; a daemon has none.
  terminal.on('SIGHUP', () => {});
  try {
    await runDaemon({
      ports,
      stack,
      paths,
      store: await openFollowingStore(paths.root),
      onListening: () => void announce('listening'),
      note: (line) => terminal.writeError(`${new Date().toISOString()} ${line}\n`),
      asked: asked.signal,
      startWarden: (count) =>
        spawnWarden({
          stack,
          runFolder: paths.run,
          logFile: paths.daemonLog,
          count,
          command: daemonCommand(stack),
          environment: ports.host.environment,
        }),
      ownVersion: async (signal) => {
        const { askOwnVersion } = await import('./source/commands/self/ask-own-version.ts');
        return askOwnVersion(ports.host, context.packageFolder, signal);
      },
      refresh: async (signal) => {
        const { updateAside } = await import('./source/commands/registry/update-aside.ts');
        return updateAside(ports, context.packageFolder, signal);
      },
      memoryBytes: () => process.memoryUsage.rss(),
    });
  } catch (error) {
    const document =
      error instanceof BootyError ? error : new BootyError('ASSERTION', { claim: reasonOf(error) }, { cause: error });
    await announce(JSON.stringify(document));
    throw error;
  }
};

const context: Context = {
  ports,
  terminal,
  print: createPrint(terminal, ports.host.environment),
  foreground: createForeground(),
  machine: createMachine(),
  folder,
  packageFolder,
  nodePath: process.execPath,
  mainProgram: ownFolder === packageFolder ? `${packageFolder}/examples/main/main.ts` : `${ownFolder}/main.js`,
  version: (JSON.parse(readFileSync(`${packageFolder}/package.json`, 'utf8')) as { version: string }).version,
  openStore,
  serveFolder: async (...words) => (await import('./source/edge/folder-server.ts')).serveFolder(...words),
  startDaemon,
  becomeDaemon,
  screen: {
    stdin: process.stdin,
    stdout: process.stdout,
    guard: () => guardTerminal(process.stdin, process.stdout),
  },
};

process.exitCode = await runCommand(context, process.argv.slice(2));
// Open handles of a command that is done (a terminal, a socket that is closing) are no reason to stay.
await terminal.write('');
process.exit();
