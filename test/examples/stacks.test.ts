/** The stacks to copy must be sound, or nobody can start from them. */
import path from 'node:path';
import test from 'ava';
import { loadDefinition } from '../../source/config/load.ts';
import { createFiles } from '../../source/edge/files.ts';
import { builtinDefinition } from '../../source/stack/builtin.ts';
import { checkDefinition } from '../../source/stack/check.ts';

const load = (name: string) =>
  loadDefinition({ files: createFiles(), path: path.resolve('examples', name, 'booty.yaml'), environment: {} });

for (const name of ['commands', 'observe']) {
  test(`${name} is sound`, async (t) => {
    const definition = await load(name);
    t.deepEqual(definition.warnings, []);
    t.deepEqual(
      checkDefinition(definition).map(({ message }) => message),
      [],
    );
  });
}

test('observe written out has the services of the built-in one', async (t) => {
  const place = { folder: '/shop', stackName: 'observe-1', exampleFolder: '/booty/examples', nodePath: '/node' };
  const shape = (definition: Awaited<ReturnType<typeof load>>) =>
    definition.services.map((service) => [service.name, service.component, service.ports, service.environment]);
  t.deepEqual(shape(await load('observe')), shape(builtinDefinition('observe', place)));
});
