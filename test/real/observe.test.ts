/**
The built-in stack on real servers, each fetched by the store and run as the assembly says, without the daemon: what is
wired together must really talk to each other. Takes about half a minute, most of it waiting for the scrapes.
*/
import { createServer } from 'node:http';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from '@nats-io/transport-node';
import test, { type ExecutionContext } from 'ava';
import { stopLayers } from '../../source/core/graph.ts';
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
import { until } from '../until.ts';

const world = createWorld();
const { files, host, http, processes, sockets } = world;

test('observe, with vmalert beside it', async (t) => {
  t.timeout(240_000);
  if ((await host.findExecutable('apt-get', '/', '/usr/bin:/bin')) === null) {
    t.log('skipped: no apt-get here, so no source has the servers');
    t.pass();
    return;
  }
  const home = await mkdtemp(path.join(tmpdir(), 'booty-observe-'));
  t.teardown(() => files.remove(home));
  const definition = withVmalert();
  t.deepEqual(checkDefinition(definition), []);
  const ports = await freePorts(portRequests(definition));
  const dirs = { data: `${home}/data`, config: `${home}/config`, logs: `${home}/logs`, run: `${home}/run` };
  for (const folder of Object.values(dirs)) await files.makeFolder(folder, 0o700);
  const secrets = await createSecrets(files, world.random, `${home}/secrets.json`).with(secretRequests(definition));
  const stack = assemble(definition, { ports, secrets, dirs, environment: { PATH: '/usr/bin:/bin', HOME: home } });
  const installed = await installAll(stack, home);

  // booty's own metrics, which the daemon serves.
  const own = createServer((_, response) => response.end('booty_up 1\n'));
  own.listen(ports['booty']?.['metrics'], '127.0.0.1');
  t.teardown(() => own.close());

  const exits = await startAll(t, stack, installed, dirs);
  const url = (service: string, port: string) => `http://127.0.0.1:${ports[service]?.[port]}`;

  const up = async () => {
    const { body } = await http.get(`${url('victoria-metrics', 'http')}/api/v1/query?query=up`, 5_000);
    const { data } = JSON.parse(body) as { data: { result: { metric: { job: string }; value: [number, string] }[] } };
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric.job, value[1]]));
  };
  const jobs = ['booty', 'caddy', 'main', 'node_exporter', 'victoria-metrics', 'vmagent', 'vmalert'];
  await until('every target was scraped', async () => Object.keys(await up()).length >= jobs.length, 40_000);
  t.deepEqual(await up(), Object.fromEntries(jobs.map((job) => [job, '1'])));

  for (const link of stack.links) {
    t.is((await http.get(link.url, 5_000)).status, 200, link.url);
  }
  const front = url('caddy', 'http');
  t.regex((await http.get(`${front}/`, 5_000)).body, /href="\/victoria-metrics\//);
  t.is((await http.get(`${front}/nats/varz`, 5_000)).status, 200);
  t.regex((await http.get(`${front}/victoria-metrics/prometheus/api/v1/query?query=up`, 5_000)).body, /"success"/);
  t.is((await http.get(`${front}/nothing`, 5_000)).status, 404);

  const connection = await connect({
    servers: `127.0.0.1:${ports['nats']?.['client']}`,
    user: 'booty',
    pass: secrets['nats']?.['password'] ?? '',
  });
  const subscription = connection.subscribe('main.ticks', { max: 1 });
  for await (const message of subscription) t.regex(message.string(), /^\{"tick":\d+,/);
  await connection.close();

  await stopAll(stack, exits);
  t.deepEqual(await files.list(dirs.run).then((names) => names.filter((name) => name.endsWith('.sock'))), []);
});

const withVmalert = () => {
  const definition = builtinDefinition('observe', {
    folder: path.resolve('.'),
    stackName: 'observe-test',
    exampleFolder: path.resolve('examples'),
    nodePath: process.execPath,
  });
  const [blank] = definition.services;
  const vmalert: ServiceDefinition = { ...(blank as ServiceDefinition), name: 'vmalert', component: 'vmalert' };
  return { ...definition, services: [...definition.services, vmalert] };
};

/** All held at once, so that no two are the same, and let go together. */
const freePorts = async (requests: ReturnType<typeof portRequests>) => {
  const table: Record<string, Record<string, number>> = {};
  const held = await Promise.all(
    requests.map(async ({ service, port }) => {
      const hold = await sockets.reserve('127.0.0.1', 0);
      if (hold === null) throw new Error('no free port');
      (table[service] ??= {})[port] = hold.port;
      return hold;
    }),
  );
  await Promise.all(held.map((hold) => hold.release()));
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

type Exits = ReadonlyMap<string, Promise<unknown>>;

const startAll = async (
  t: ExecutionContext,
  stack: Assembled,
  installed: ReadonlyMap<string, Installed>,
  dirs: { readonly logs: string; readonly run: string },
): Promise<Exits> => {
  const exits = new Map<string, Promise<unknown>>();
  t.teardown(async () => {
    for (const service of exits.keys()) await processes.kill(service);
    await Promise.all(exits.values());
  });
  for (const spec of stack.specs) {
    const binary = stack.binaries.find(({ service }) => service === spec.name);
    const rendered = stack.render(spec.name, binary ? (installed.get(binary.package) ?? null) : null);
    for (const { path: folder, mode } of rendered.folders) await files.makeFolder(folder, mode);
    for (const file of rendered.files) await files.writeAtomic(file.path, file.text, file.mode);
    if (rendered.configCheck) {
      const check = await host.run(rendered.configCheck, { timeoutMs: 10_000, environment: rendered.environment });
      t.is(check.code, 0, `${rendered.configCheck.join(' ')}\n${check.stderr}`);
    }
    const { promise, resolve } = Promise.withResolvers<unknown>();
    await processes.start(
      {
        service: spec.name,
        stack: 'observe-test',
        runId: world.random.token(8),
        generation: 1,
        command: rendered.command,
        environment: rendered.environment,
        workingDir: rendered.workingDir,
        logFile: `${dirs.logs}/${spec.name}.log`,
        logMode: rendered.logMode,
        statusFile: `${dirs.run}/${spec.name}`,
        version: null,
        stopScope: spec.stop.scope,
        openFilesMax: null,
      },
      resolve,
    );
    exits.set(spec.name, promise);
    const probe = spec.readiness?.probe;
    if (probe?.kind !== 'http') throw new Error(`${spec.name} has no HTTP probe`);
    await until(`${spec.name} is ready`, () =>
      http.get(probe.url, 1_000).then(
        ({ status }) => status < 400,
        () => false,
      ),
    );
  }
  return exits;
};

const stopAll = async (stack: Assembled, exits: Exits): Promise<void> => {
  const layers = stopLayers(stack.specs);
  const order = stack.specs.toSorted((one, other) => (layers.get(one.name) ?? 0) - (layers.get(other.name) ?? 0));
  for (const { name, stop } of order) {
    await processes.signal(name, stop.signal, stop.scope);
    await exits.get(name);
  }
};
