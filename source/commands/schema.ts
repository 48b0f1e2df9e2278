import type { Command } from './context.ts';
import { schemaPath } from './schema-path.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'print the JSON schema of booty.yaml, for editors',
  usage: 'schema [--path]',
  details: [
    'Editors that use yaml-language-server read it from the first line of a booty.yaml:',
    '  # yaml-language-server: $schema=PATH',
    'or from their settings, as "yaml.schemas": {"PATH": "booty.yaml"}.',
  ],
  options: { path: { type: 'boolean', help: 'print where the file lies instead' } },
  examples: ['booty schema > booty.schema.json', 'booty schema --path'],
  positionalsMax: 0,
  run: async (context, args) => {
    if (args.flag('path')) {
      await context.print.line(schemaPath(context));
      return 0;
    }
    const { configJsonSchema } = await import('../config/json-schema.ts');
    await context.print.line(JSON.stringify(configJsonSchema(), null, 2));
    return 0;
  },
};
