import { BootyError } from '../core/error.ts';
import type { CloneWant } from '../store/mirror/clone.ts';
import type { Installed } from '../store/store.ts';
import { type Arguments, type Command, type Context, jsonOption, stackOptions } from './context.ts';
import { parseWanted, whileFetching } from './install-wanted.ts';
import { targetToStart } from './target.ts';
import { bytesText } from './text.ts';

const toolMsMax = 900_000;
/** What of booty's own folder goes along; those that are not there are left out. */
const parts = ['bin', 'dist', 'schema', 'examples', 'registry.json', 'package.json', 'README.md', 'LICENSE'] as const;

export const bundle: Command = {
  name: 'bundle',
  summary: 'write booty, its Node and components into one archive for a machine without a network',
  usage: 'bundle [NAME[@RANGE]…] [-o FILE] [-f FILE | --stack NAME] [--json]',
  details: [
    'The archive is for machines like this one. There: tar -xzf FILE, then booty-…/bin/booty; neither npm nor Node is',
    'needed, and what the bundle carries is taken from it before anything else is asked. Without names it carries what the',
    'services of this stack need, at the versions of booty.lock.json; in a folder without a stack, booty alone.',
    'What is not installed here yet is installed first. Every file is held to its hash when it is taken out; carry the',
    'SHA-256 of the archive, which is printed, by another way.',
  ],
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      help: 'where to (default: booty-VERSION-PLATFORM.tar.gz here)',
    },
    ...stackOptions,
    ...jsonOption,
  },
  exitCodes: { 130: 'cut short' },
  examples: ['booty bundle', 'booty bundle nats victoria-metrics -o /media/usb/booty.tar.gz'],
  words: 'component',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const { ports, print, packageFolder } = context;
    const { files } = ports;
    const { platformName } = await import('../store/sources/archive/platform.ts');
    const platform = platformName(ports.host);
    const name = `booty-${context.version}-${platform}`;
    const given = args.text('output') ?? `${name}.tar.gz`;
    const file = given.startsWith('/') ? given : `${context.folder}/${given}`;
    const notMade = (problem: string, advice: string, cause?: unknown): BootyError =>
      new BootyError('BUNDLE_NOT_MADE', { file, problem, advice }, cause === undefined ? {} : { cause });
    if ((await files.stat(`${packageFolder}/dist/cli.js`)) === null) {
      throw notMade(
        'this booty runs from its sources and is not built',
        `build it: cd ${packageFolder} && npm run build`,
      );
    }
    const installed = await installedOf(context, await wantsOf(context, args, platform));

    const parent = file.slice(0, file.lastIndexOf('/')) || '/';
    const work = await files.makeTemporary(parent, '.booty-bundle-').catch((error: unknown) => {
      throw notMade(`there is no folder ${parent} to write in`, 'name another place: booty bundle -o FILE', error);
    });
    const pack = async (signal: AbortSignal): Promise<void> => {
      const root = `${work}/${name}`;
      const run = async (command: readonly string[]): Promise<void> => {
        signal.throwIfAborted();
        const { code, stderr, timedOut } = await ports.host.run(command, { timeoutMs: toolMsMax, signal });
        signal.throwIfAborted();
        if (code === 0) return;
        const found = timedOut ? 'it took too long' : (stderr.trim().split('\n').at(-1) ?? `it ended with ${code}`);
        throw notMade(`${command[0]}: ${found}`, 'see whether there is room on that disk: df -h');
      };
      await files.makeFolder(`${root}/runtime/bin`, 0o755);
      for (const part of parts) {
        if ((await files.stat(`${packageFolder}/${part}`)) === null) continue;
        await run(['cp', '-R', '--', `${packageFolder}/${part}`, `${root}/${part}`]);
      }
      await run(['cp', '--', context.nodePath, `${root}/runtime/bin/node`]);
      await files.makeFolder(`${root}/store`, 0o755);
      for (const { component, version, folder } of installed) {
        await files.makeFolder(`${root}/store/${component}`, 0o755);
        await run(['cp', '-R', '--', folder, `${root}/store/${component}/${version}`]);
      }
      print.note(print.paint('dim', `booty: packing booty ${context.version}, Node and ${installed.length} packages`));
      await run(['tar', '-czf', `${work}/bundle.tar.gz`, '-C', work, name]);
      await files.rename(`${work}/bundle.tar.gz`, file);
    };
    // A signal ends what runs and removes what is half made.
    await whileFetching(context, async (_, signal) => {
      try {
        await pack(signal);
      } catch (error) {
        if (signal.aborted) throw new BootyError('CUT_SHORT', { what: `the bundle ${file}` }, { cause: error });
        throw error;
      } finally {
        await files.remove(work);
      }
    });
    const sizeBytes = (await files.stat(file))?.sizeBytes ?? 0;
    const sha256 = await files.sha256(file);
    const carried = installed.map(({ component, version, source }) => ({ package: component, version, source }));
    if (args.flag('json')) {
      await print.json({ file, sizeBytes, sha256, version: context.version, platform, carried });
      return 0;
    }
    for (const one of carried) await print.line(`carries ${one.package} ${one.version} from ${one.source}`);
    await print.line(`${file}  ${bytesText(sizeBytes)}  SHA-256 ${sha256}`);
    print.note(`there: tar -xzf ${file.split('/').at(-1)} && ${name}/bin/booty up`);
    return 0;
  },
};

const wantsOf = async (context: Context, args: Arguments, platform: string): Promise<readonly CloneWant[]> => {
  if (args.positionals.length > 0) return args.positionals.map(parseWanted);
  const target = await targetToStart(context, args).catch((error: unknown) => {
    if (error instanceof BootyError && error.code === 'CONFIG_NOT_FOUND' && args.text('file') === undefined)
      return null;
    throw error;
  });
  if (target === null) return [];
  const { stackWants } = await import('./stack-wants.ts');
  return stackWants(context, target, platform);
};

/** Installs one want after the other, as several may be of one component; throws for the first that fails. */
const installedOf = async (context: Context, wants: readonly CloneWant[]): Promise<readonly Installed[]> => {
  const store = await context.openStore();
  const found = new Map<string, Installed>();
  for (const want of wants) {
    let result: Installed | Error = new BootyError('STORE_CANCELLED', { component: want.component });
    await whileFetching(context, (progress, signal) =>
      store.install([want], { progress, settled: (_, outcome) => (result = outcome) }, signal),
    );
    const installed = result as Installed | Error;
    if (installed instanceof Error) throw installed;
    if (installed.source === 'path') {
      const problem = `${want.component} is this machine's own (${Object.values(installed.executables)[0]}), not in the store`;
      const facts = {
        file: want.component,
        problem,
        advice: `take it from elsewhere: BOOTY_SOURCES=archive,apt booty install ${want.component}`,
      };
      throw new BootyError('BUNDLE_NOT_MADE', facts);
    }
    found.set(`${installed.component} ${installed.version}`, installed);
  }
  return [...found.values()];
};
