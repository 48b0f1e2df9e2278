/**
What booty writes for a server, judged by that server: each system that can check its own config is handed the files
and arguments that a start would use. No server is started.
*/
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { ServiceDefinition } from '../../source/core/model.ts';
import { createSecrets } from '../../source/daemon/secrets.ts';
import { createWorld } from '../../source/edge/world.ts';
import { readRegistry } from '../../source/registry/load.ts';
import { assemble, type Assembled } from '../../source/stack/assemble.ts';
import { builtinDefinition } from '../../source/stack/builtin.ts';
import { checkDefinition } from '../../source/stack/check.ts';
import { portRequests } from '../../source/stack/ports.ts';
import { secretRequests } from '../../source/stack/secrets.ts';
import { createStore } from '../../source/store/create-store.ts';
import type { Installed } from '../../source/store/store.ts';
import { shareStore } from '../real-downloads.ts';

const world = createWorld();
const { files, host } = world;

const hasApt = existsSync('/usr/bin/apt-get') && process.platform === 'linux';
const real = hasApt ? test : test.skip;

real('servers accept the config booty writes for them (needs apt-get on Linux)', async (t) => {
  t.timeout(240_000);
  const home = await mkdtemp(path.join(tmpdir(), 'booty-checks-'));
  t.teardown(() => files.remove(home));
  shareStore(home);
  const definition = withCheckers();
  t.deepEqual(checkDefinition(definition), []);
  const dirs = { data: `${home}/data`, config: `${home}/config`, logs: `${home}/logs`, run: `${home}/run` };
  for (const folder of Object.values(dirs)) await files.makeFolder(folder, 0o700);
  const secrets = await createSecrets(files, world.random, `${home}/secrets.json`).with(secretRequests(definition));
  const environment = { PATH: '/usr/bin:/bin', HOME: home };
  const stack = assemble(definition, { ports: anyPorts(definition), secrets, dirs, environment });
  const installed = await installAll(stack, home);

  const accepted: string[] = [];
  for (const { service, package: name } of stack.binaries) {
    const rendered = stack.render(service, installed.get(name) ?? null);
    for (const { path: folder, mode } of rendered.folders) await files.makeFolder(folder, mode);
    for (const file of rendered.files) await files.writeAtomic(file.path, file.text, file.mode);
    if (!rendered.configCheck) continue;
    const check = await host.run(rendered.configCheck, { timeoutMs: 10_000, environment: rendered.environment });
    t.is(check.code, 0, `${rendered.configCheck.join(' ')}\n${check.stderr}`);
    accepted.push(service);
  }
  t.deepEqual(accepted.toSorted(), ['caddy', 'nats', 'prometheus', 'vmagent', 'vmalert']);
});

/** The built-in stack, and beside it what else can check its config. */
const withCheckers = () => {
  const definition = builtinDefinition('observe', {
    folder: path.resolve('.'),
    stackName: 'observe-test',
    mainProgram: path.resolve('examples/main/main.ts'),
    nodePath: process.execPath,
  });
  const [blank] = definition.services;
  const beside = (component: string, needs: readonly string[]): ServiceDefinition => ({
    ...(blank as ServiceDefinition),
    name: component,
    component,
    dependencies: needs.map((service) => ({ service, condition: 'service_started', required: true, restart: false })),
  });
  const more = [beside('vmalert', ['victoria-metrics']), beside('prometheus', [])];
  return { ...definition, services: [...definition.services, ...more] };
};

/** Nobody listens here: any numbers do. */
const anyPorts = (definition: ReturnType<typeof withCheckers>) => {
  const table: Record<string, Record<string, number>> = {};
  for (const [index, { service, port }] of portRequests(definition).entries())
    (table[service] ??= {})[port] = 20_000 + index;
  return table;
};

const installAll = async (stack: Assembled, home: string): Promise<ReadonlyMap<string, Installed>> => {
  const registry = await readRegistry(files, path.resolve('registry.json'));
  const store = createStore({ ...world, registry, home });
  const packages = [...new Set(stack.binaries.map((binary) => binary.package))];
  const installed = new Map<string, Installed>();
  await store.install(
    packages.map((component) => ({ component, range: null })),
    {
      progress: () => undefined,
      settled: (component, result) => {
        if (result instanceof Error) throw result;
        installed.set(component, result);
      },
    },
    new AbortController().signal,
  );
  return installed;
};
