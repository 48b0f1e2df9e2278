import * as z from 'zod';
import { documentSchema } from './schema.ts';

/**
The JSON schema (draft 2020-12) of booty.yaml as it is written. Every map with fixed keys also takes the user's own
`x-…` keys. Bounds that need other parts of the file (services named, ports taken twice) are checked by the loader only.
*/
export const configJsonSchema = (): object =>
  z.toJSONSchema(documentSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) jsonSchema.patternProperties = { '^x-': {} };
    },
  });
