import { z } from 'zod';
import { BootyError } from '../core/error.ts';
import { plainVersion } from '../registry/range.ts';
import type { Updater } from '../registry/updater-schema.ts';
import type { Ask } from './ask.ts';
import { readJson } from './read-json.ts';
import type { Release, Releases } from './releases.ts';

/** index.json of https://releases.hashicorp.com; versions with `+ent` are another product under another licence. */
const form = z.object({
  versions: z.record(z.string(), z.object({ builds: z.array(z.object({ filename: z.string() })) })),
});

/** All versions HashiCorp has published of a product. */
export const hashicorpReleases = async (
  ask: Ask,
  { index: address }: Extract<Updater, { readonly kind: 'hashicorp' }>,
): Promise<Releases> => {
  const document = await ask(address);
  if (document === null) throw new BootyError('UPSTREAM_SILENT', { address, found: 'there is no such product' });
  const { versions } = readJson(document.text, form, address);
  const releases = Object.entries(versions).flatMap(([name, { builds }]): Release[] => {
    const version = name.includes('+') ? null : plainVersion(name);
    if (version === null) return [];
    const files = new Map(builds.map(({ filename }) => [filename, { sizeBytes: null, sha256: null }]));
    return [{ version, name, files }];
  });
  return { releases, unchanged: document.unchanged };
};
