import * as z from 'zod';
import { faulty, parsed, type Parsed } from './fault.ts';
import { helped, readBy } from './field.ts';
import { namePattern } from './stack-name.ts';

/** What a service offers others; without a port the first one of its `ports` is meant. */
export type WrittenOffer = { readonly kind: string; readonly port: string | null; readonly path: string };

/** Keys of the long form. */
export const offerKeys: readonly string[] = ['port', 'path'];

const word = z.string().regex(namePattern, { error: 'lower-case letters, digits, - and _' });
const pathText = z.string({ error: 'a path' }).meta({ pattern: '^(/.*)?$|\\$' });
const path = readBy(pathText, (written): Parsed<string> => {
  if (/^(\/[^\s]*)?$/.test(written)) return parsed(written);
  const found = JSON.stringify(written);
  return /^https?:/.test(written)
    ? faulty(`${found} is a whole URL, and the port is known already`, 'write its path alone: /metrics')
    : faulty(`${found} is no path`, `write /${written.replaceAll(/\s/g, '').replace(/^\/+/, '')}`);
}).meta({ description: 'Path it is found at; none for what is no HTTP.' });

/** `offers` of a service: what kind of thing others find at which path, and at which port where it has several. */
export const offersSchema = z
  .record(
    word,
    z.union([path, z.strictObject({ port: helped('port', word).optional(), path: path.optional() })], {
      error: 'a path or {port, path}',
    }),
  )
  .transform((written): readonly WrittenOffer[] =>
    Object.entries(written).map(([kind, offer]) =>
      typeof offer === 'string'
        ? { kind, port: null, path: offer }
        : { kind, port: offer.port ?? null, path: offer.path ?? '' },
    ),
  );
