/** Every kind of mistake in a booty.yaml with all that is said about it, word for word and with its place. */
import test from 'ava';
import { badDependencies } from './bad/dependencies.ts';
import { badHealthchecks } from './bad/healthchecks.ts';
import { badKeys } from './bad/keys.ts';
import { badOffers } from './bad/offers.ts';
import { badPorts } from './bad/ports.ts';
import { badReferences } from './bad/references.ts';
import { badSyntax } from './bad/syntax.ts';
import { badValues } from './bad/values.ts';
import { badVariables } from './bad/variables.ts';
import { problemsOf } from './in-folder.ts';

const groups = {
  syntax: badSyntax,
  keys: badKeys,
  values: badValues,
  offers: badOffers,
  ports: badPorts,
  dependencies: badDependencies,
  healthchecks: badHealthchecks,
  references: badReferences,
  variables: badVariables,
};

for (const [group, rows] of Object.entries(groups)) {
  for (const [title, yaml, problems] of rows) {
    test(`${group}: ${title}`, async (t) => {
      t.true(problems.length > 0);
      t.deepEqual(await problemsOf(yaml), problems);
    });
  }
}
