/**
A daemon of a stack with one stand-in server whose versions come from a source of scripts; run as a program by the tests
of upgrades: `daemon.ts HOME REGISTRY BEHAVIOUR [DIE_AT]`. With DIE_AT (`switch:running`) it kills itself with SIGKILL right after
it has written that down; `any:failed` is any step, `back/switch:done` one of a way back only. `lock:returned` is when the lock says the version before again, and
`history:returned` when that one runs, right before it is remembered;
`history:written` is right after it. `no space`, `little room` and `no copy` are not deaths: the disk is full, nearly so, or fails
while data is copied.
*/
import { join } from 'node:path';
import { stackPaths } from '../../../source/core/paths.ts';
import { runDaemon } from '../../../source/daemon/main.ts';
import { createWorld } from '../../../source/edge/world.ts';
import type { Files } from '../../../source/ports.ts';
import { readRegistry } from '../../../source/registry/load.ts';
import { createStore } from '../../../source/store/create-store.ts';
import type { Source } from '../../../source/store/sources/source.ts';
import { type Behaviour, serverText } from './server-text.ts';

const [home = '', registryFile = '', behaviour = 'obeys', dieAt = ''] = process.argv.slice(2);
const world = createWorld();
const host = {
  ...world.host,
  environment: { ...world.host.environment, BOOTY_HOME: home },
  run: ((command, options) =>
    dieAt === 'no copy' && isPlanned && command[0] === 'cp'
      ? Promise.resolve({
          code: 1,
          signal: null,
          stdout: '',
          stderr: 'cp: error writing: No space left on device\n',
          timedOut: false,
        })
      : world.host.run(command, options)) satisfies typeof world.host.run,
};
const paths = stackPaths(host, 'shop');

const die = (): boolean => process.kill(process.pid, 'SIGKILL');
let isSwitched = false;
let isPlanned = false;

/** Dies right after the journal says so. */
const files: Files = {
  ...world.files,
  freeBytes: async (path) => {
    if (dieAt === 'little room') return 50_000_000;
    return dieAt === 'no space' && isPlanned ? 1_000 : world.files.freeBytes(path);
  },
  append: async (path, text, mode) => {
    if (dieAt === 'history:returned' && path === paths.historyFile && String(text).includes('returned')) die();
    await world.files.append(path, text, mode);
    if (dieAt === 'history:written' && path === paths.historyFile && String(text).includes('"kind":"upgrade"')) die();
  },
  writeAtomic: async (path, text, mode) => {
    await world.files.writeAtomic(path, text, mode);
    if (dieAt === 'lock:returned' && path.endsWith('booty.lock.json')) {
      if (isSwitched && text.includes('"1.0.0"')) die();
      isSwitched ||= text.includes('"2.0.0"');
    }
    if (path !== paths.upgradeFile) return;
    isPlanned = true;
    const [kind, state] = dieAt.replace('back/', '').split(':');
    const { steps, kind: direction } = JSON.parse(text) as {
      readonly kind: string;
      readonly steps: readonly { readonly kind: string; readonly state: string }[];
    };
    if (dieAt.startsWith('back/') && direction !== 'rollback') return;
    if (steps.some((step) => (kind === 'any' || step.kind === kind) && step.state === state)) die();
  },
};

const scripts: Source = {
  name: 'scripts',
  unusable: async () => null,
  offer: async (wanted) => ({
    candidates: new Map(
      wanted.map((want) => [
        want.package,
        ['1.0.0', '2.0.0', '3.0.0', '3.1.0'].map((version) => ({ version, sourceVersion: version, suite: null })),
      ]),
    ),
    trouble: null,
  }),
  fetch: async (picks, folder, on) => {
    for (const pick of picks) {
      // A test says by this file that the source answers no more.
      if ((await world.files.readText(join(home, 'gone'))) !== null) {
        on.settled(pick, new Error('its source is gone'));
        continue;
      }
      const { version } = pick.candidate;
      const found: Record<string, string> = {};
      for (const name of ['prometheus', 'promtool'] as const) {
        found[name] = join(folder, `${name}-${version}`);
        const text = serverText(
          name,
          version,
          version === '1.0.0' || version === '3.0.0' ? 'obeys' : (behaviour as Behaviour),
        );
        await world.files.append(found[name], text, 0o755);
      }
      on.settled(pick, {
        files: found,
        url: `https://example.org/${version}`,
        sha256: version.charAt(0).repeat(64),
        sizeBytes: 1,
      });
    }
  },
};

const ports = { ...world, files, host };
await runDaemon({
  ports,
  stack: 'shop',
  paths,
  store: createStore({ ...ports, registry: await readRegistry(files, registryFile), home, sources: [scripts] }),
  onListening: () => console.log('listening'),
  note: (line) => console.error(line),
  asked: new AbortController().signal,
  // Its successors are started by the test.
  startWarden: async () => {
    const gone = Promise.withResolvers<void>();
    const say = (word: string): void => (word === 'steady' ? undefined : gone.resolve());
    return { pid: 1, say, kill: gone.resolve, ended: gone.promise, gone: gone.promise };
  },
  memoryBytes: () => 1,
});
// Open handles of what it looked at are no reason to stay.
process.exit();
