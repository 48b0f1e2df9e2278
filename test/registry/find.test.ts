import { readFile } from 'node:fs/promises';
import test from 'ava';
import { componentNames, findComponent } from '../../source/registry/find.ts';
import { parseRegistry } from '../../source/registry/load.ts';

const registry = parseRegistry(
  await readFile(new URL('../../registry.json', import.meta.url), 'utf8'),
  'registry.json',
);

test('a component is found by its name, an alias or its package', (t) => {
  for (const [name, component, packageName, executable] of [
    ['nats-server', 'nats-server', 'nats-server', 'nats-server'],
    ['nats', 'nats-server', 'nats-server', 'nats-server'],
    ['victoria-metrics', 'victoria-metrics', 'victoria-metrics', 'victoria-metrics'],
    ['vmagent', 'vmagent', 'victoria-metrics', 'vmagent'],
    ['node-exporter', 'node_exporter', 'node_exporter', 'node_exporter'],
    ['promtool', 'promtool', 'prometheus', 'promtool'],
  ] as const) {
    const found = findComponent(registry, name);
    t.deepEqual([found?.component, found?.package, found?.executable], [component, packageName, executable]);
  }
  t.is(findComponent(registry, 'nope'), null);
  t.is(findComponent(registry, 'constructor'), null);
});

test('every listed name leads to itself', (t) => {
  t.true(componentNames(registry).length > 10);
  for (const name of componentNames(registry)) t.is(findComponent(registry, name)?.component, name);
});
