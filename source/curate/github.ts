import { z } from 'zod';
import { BootyError } from '../core/error.ts';
import { plainVersion } from '../registry/range.ts';
import { releaseVersion } from '../registry/release-version.ts';
import type { Updater } from '../registry/updater-schema.ts';
import type { Ask } from './ask.ts';
import { readJson } from './read-json.ts';
import type { Release, ReleaseFile, Releases } from './releases.ts';

/** GitHub gives no more on a page; the newest come first. */
const releasesPerPage = 100;

/** https://docs.github.com/rest/releases/releases#list-releases; `digest` is there for files uploaded since June 2025. */
const form = z.array(
  z.object({
    tag_name: z.string(),
    draft: z.boolean(),
    prerelease: z.boolean(),
    assets: z.array(z.object({ name: z.string(), size: z.int().nonnegative(), digest: z.string().nullish() })),
  }),
);

/** The hundred newest releases of a repository on GitHub. */
export const githubReleases = async (
  ask: Ask,
  { releases, tagPrefix, leaveOut }: Extract<Updater, { readonly kind: 'github' }>,
): Promise<Releases> => {
  const address = `${releases}?per_page=${releasesPerPage}`;
  const document = await ask(address);
  if (document === null) throw new BootyError('UPSTREAM_SILENT', { address, found: 'there is no such repository' });
  const rows = readJson(document.text, form, address);
  const left = leaveOut === undefined ? null : new RegExp(leaveOut);
  const found = rows.flatMap((row): Release[] => {
    const { tag_name: tag } = row;
    if (row.draft || row.prerelease || left?.test(tag)) return [];
    const version =
      releaseVersion(tag) ?? (tag.startsWith(tagPrefix) ? plainVersion(tag.slice(tagPrefix.length)) : null);
    if (version === null) return [];
    const files = row.assets.map(({ name, size, digest }): [string, ReleaseFile] => [
      name,
      { sizeBytes: size, sha256: /^sha256:([0-9a-f]{64})$/.exec(digest ?? '')?.[1] ?? null },
    ]);
    return [{ version, name: tag, files: new Map(files) }];
  });
  return { releases: found, unchanged: document.unchanged };
};
