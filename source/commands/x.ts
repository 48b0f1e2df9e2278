import { BootyError } from '../core/error.ts';
import { findComponent } from '../registry/find.ts';
import type { Registry } from '../registry/schema.ts';
import type { Installed } from '../store/store.ts';
import type { Command, Context } from './context.ts';
import { createFetchNotes } from './fetch-notes.ts';
import { registriesOf } from './registries-of.ts';
import { runForeground } from './run-foreground.ts';

export const x: Command = {
  name: 'x',
  summary: 'run a tool of the registry, at a version',
  usage: 'x NAME[@RANGE] [--] [ARGUMENT…]',
  details: [
    'NAME is a component (nats-server, caddy) or an executable that comes with one (vmctl). It is installed first when no',
    'installed version is in the range; otherwise nothing touches the network. The tool gets your environment, this folder',
    'and this terminal.',
  ],
  options: {},
  exitCodes: {
    1: "it could not be installed; else the tool's own exit code, 128 and the signal's number when a signal ended it",
    130: 'cut short while it was installed',
  },
  examples: ['booty x vmctl help', 'booty x nats-server@^2.10 -- -t -c nats.conf', 'booty x caddy fmt Caddyfile'],
  words: 'component',
  wordsBeforeCommand: 1,
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const [wanted, ...words] = args.positionals;
    if (wanted === undefined) {
      throw new BootyError('USAGE', { problem: 'booty x needs the name of a tool', usage: `booty ${x.usage}` });
    }
    const [name = '', ...rest] = wanted.split('@');
    const range = rest.length > 0 ? rest.join('@') : null;
    const { registry } = await registriesOf(context);
    const tool = toolNamed(registry, name);
    const installed = await install(context, tool.package, range);
    const executable = installed.executables[tool.executable];
    if (executable === undefined) {
      throw new BootyError('EXECUTABLE_MISSING', {
        service: `booty x ${name}`,
        package: tool.package,
        executable: tool.executable,
        found: Object.keys(installed.executables),
      });
    }
    return runForeground(context, [executable, ...words], {
      environment: context.ports.host.environment,
      workingDir: context.folder,
    });
  },
};

/** Installed packages that the registry has forgotten go by their own name, which the store knows. */
const toolNamed = (registry: Registry, name: string): { readonly package: string; readonly executable: string } => {
  const component = findComponent(registry, name);
  if (component) return component;
  const holder = Object.entries(registry.packages).find(([, entry]) => entry.executables.includes(name));
  return { package: holder?.[0] ?? name, executable: name };
};

const install = async (context: Context, name: string, range: string | null): Promise<Installed> => {
  const store = await context.openStore();
  const found = await store.find(name, range);
  if (found) return found;
  const notes = createFetchNotes(context);
  const abort = new AbortController();
  const offs = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((what) => context.terminal.on(what, () => abort.abort()));
  try {
    let result: Installed | Error = new BootyError('STORE_CANCELLED', { component: name });
    await store.install(
      [{ component: name, range }],
      {
        progress: (component, progress) => notes.show([{ component, services: [], ...progress }]),
        settled: (_, outcome) => (result = outcome),
      },
      abort.signal,
    );
    if (result instanceof Error) throw result;
    return result;
  } finally {
    for (const off of offs) off();
  }
};
