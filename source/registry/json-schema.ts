import { z } from 'zod';
import { registrySchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of registry.json as a text file, for editors and other languages. */
export const registryJsonSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(registrySchema, { io: 'input' }), null, 2)}\n`;
