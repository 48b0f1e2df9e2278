import { readFileSync } from 'node:fs';
import test from 'ava';
import { atLeast } from '../../source/catalog/at-least.ts';
import { authority, reachableHost } from '../../source/catalog/address.ts';
import { catalog, componentNames, findRecipe } from '../../source/catalog/catalog.ts';
import { frontDoorPage } from '../../source/catalog/front-door-page.ts';

test('every name and alias stands for one system', (t) => {
  const names = catalog.flatMap((recipe) => [recipe.name, ...recipe.aliases]);
  t.deepEqual([...new Set(names)], names);
  for (const recipe of catalog) for (const name of [recipe.name, ...recipe.aliases]) t.is(findRecipe(name), recipe);
  t.is(findRecipe('toString'), null);
  t.deepEqual(componentNames, [...componentNames].sort());
});

test('what a recipe offers and asks is at a port it has', (t) => {
  for (const recipe of catalog) {
    for (const { port } of [...recipe.offers, recipe.readiness]) t.true(port in recipe.ports, `${recipe.name} ${port}`);
  }
});

test('no two systems want the same port', (t) => {
  const numbers = catalog.flatMap(({ ports }) => Object.values(ports).map((port) => port.default));
  t.is(new Set(numbers).size, numbers.length);
});

test('every recipe runs an executable that the registry has in its package, under the same names', (t) => {
  type Packages = Record<
    string,
    { executables: string[]; components: Record<string, { executable: string; aliases: string[] }> }
  >;
  const { packages } = JSON.parse(readFileSync('registry.json', 'utf8')) as { packages: Packages };
  for (const recipe of catalog) {
    const entry = packages[recipe.package];
    t.true(entry?.executables.includes(recipe.executable), recipe.name);
    t.deepEqual(entry?.components[recipe.name], { executable: recipe.executable, aliases: [...recipe.aliases] });
  }
});

test('others reach a wildcard at loopback, IPv6 in brackets', (t) => {
  t.is(authority(reachableHost('0.0.0.0'), 80), '127.0.0.1:80');
  t.is(authority(reachableHost('::'), 80), '[::1]:80');
  t.is(authority(reachableHost('10.0.0.7'), 80), '10.0.0.7:80');
});

test('versions compare by numbers, not by letters', (t) => {
  t.true(atLeast('2.10.0', 2, 9));
  t.true(atLeast('3.0.0', 2, 9));
  t.false(atLeast('2.8.4', 2, 9));
  t.false(atLeast('1.99.0', 2, 9));
});

test('the front page escapes what it shows and holds nothing Caddy takes for a placeholder', (t) => {
  const page = frontDoorPage('{env.HOME}', 8080, [
    {
      service: 'one',
      title: '<b>{x}</b>',
      kind: 'http-route',
      host: '127.0.0.1',
      port: 1,
      address: '127.0.0.1:1',
      origin: 'http://127.0.0.1:1',
      path: '/ui/',
      url: 'http://127.0.0.1:1/ui/',
    },
  ]);
  t.notRegex(page, /[{}]|<b>/);
  t.regex(page, /href="\/one\/ui\/"/);
  t.regex(page, /href="http:\/\/one\.localhost:8080\/ui\/"/);
});
