/** The stacks to copy must be sound, or nobody can start from them. */
import path from 'node:path';
import test from 'ava';
import { loadDefinition } from '../../source/config/load.ts';
import { createFiles } from '../../source/edge/files.ts';
import type { StackDefinition } from '../../source/core/model.ts';
import { assemble } from '../../source/stack/assemble.ts';
import { builtinDefinition } from '../../source/stack/builtin.ts';
import { checkDefinition } from '../../source/stack/check.ts';
import { portRequests } from '../../source/stack/ports.ts';
import { dirs, numbered } from '../stack/definitions.ts';

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

test('observe written out becomes what the built-in one becomes', async (t) => {
  const written = await load('observe');
  const place = {
    folder: written.folder,
    stackName: written.name,
    mainProgram: '/booty/examples/main/main.ts',
    nodePath: '/node',
  };
  // Where the sample program lies is the only difference: the built-in stack brings its own Node along.
  const made = whole(builtinDefinition('observe', place));
  const main = { ...made.rendered['main'], command: whole(written).rendered['main']?.command };
  t.deepEqual(whole(written), { ...made, rendered: { ...made.rendered, main } });
});

/** Everything a definition becomes, but for where in a file it stands. */
const whole = (definition: StackDefinition) => {
  const ports = numbered(portRequests(definition));
  const { render, ownSnapshot: _, ...rest } = assemble(definition, { ports, dirs, environment: { PATH: '/bin' } });
  const rendered = Object.fromEntries(
    rest.specs.map(({ name, needsBinary }) => {
      const { executable = '' } = rest.binaries.find(({ service }) => service === name) ?? {};
      return [name, render(name, needsBinary ? { version: '2.10.0', executables: { [executable]: '/x' } } : null)];
    }),
  );
  return { ...rest, rendered };
};
