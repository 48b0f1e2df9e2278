import { z } from 'zod';
import { BootyError } from '../core/error.ts';
import { plainVersion } from '../registry/range.ts';
import type { Updater } from '../registry/updater-schema.ts';
import type { Ask, Document } from './ask.ts';
import { readJson } from './read-json.ts';
import type { Release, ReleaseFile, Releases } from './releases.ts';

/** TiUP's manifests (github.com/pingcap/tiup, pkg/repository/v1manifest): TUF-like, with hashes in each signed part. */
const snapshotForm = z.object({ signed: z.object({ meta: z.record(z.string(), z.object({ version: z.int() })) }) });
const componentForm = z.object({
  signed: z.object({
    platforms: z.record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          url: z.string(),
          yanked: z.boolean().optional(),
          length: z.int().positive(),
          hashes: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
        }),
      ),
    ),
  }),
});

/** All versions a TiUP mirror has of a component, with the hashes and sizes its manifest gives. */
export const tiupReleases = async (
  ask: Ask,
  { mirror, component }: Extract<Updater, { readonly kind: 'tiup' }>,
): Promise<Releases> => {
  const snapshot = await present(ask, `${mirror}/snapshot.json`);
  const { meta } = readJson(snapshot.text, snapshotForm, `${mirror}/snapshot.json`).signed;
  const number = meta[`/${component}.json`]?.version;
  if (number === undefined) {
    throw new BootyError('UPSTREAM_ODD', { address: `${mirror}/snapshot.json`, found: `it has no ${component}` });
  }
  const address = `${mirror}/${number}.${component}.json`;
  const manifest = await present(ask, address);
  const { platforms } = readJson(manifest.text, componentForm, address).signed;
  const files = new Map<string, Map<string, ReleaseFile>>();
  for (const versions of Object.values(platforms)) {
    for (const [name, { url, yanked, length, hashes }] of Object.entries(versions)) {
      if (yanked) continue;
      const own = files.get(name) ?? new Map<string, ReleaseFile>();
      own.set(url.replace(/^.*\//, ''), { sizeBytes: length, sha256: hashes.sha256 });
      files.set(name, own);
    }
  }
  const releases = [...files].flatMap(([name, own]): Release[] => {
    const version = name.startsWith('v') ? plainVersion(name.slice(1)) : null;
    return version === null ? [] : [{ version, name, files: own }];
  });
  return { releases, unchanged: snapshot.unchanged && manifest.unchanged };
};

const present = async (ask: Ask, address: string): Promise<Document> => {
  const document = await ask(address);
  if (document === null) throw new BootyError('UPSTREAM_SILENT', { address, found: 'there is no such file' });
  return document;
};
