/** Calls `booty registry bump` with upstreams on loopback, which answer as GitHub and its like do. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Registry } from '../../../source/registry/schema.ts';
import { type Upstream, withUpstream } from '../../curate/upstream.ts';
import { atDesk, type Called, type Desk } from '../call.ts';

export const shipped = JSON.parse(
  await readFile(new URL('../../../registry.json', import.meta.url), 'utf8'),
) as Registry;

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const ofPackages = (...names: readonly string[]): string => {
  const packages = names.map((name) => {
    const { apt: _apt, go: _go, ...entry } = shipped.packages[name] as Registry['packages'][string];
    return [name, entry] as const;
  });
  return `${JSON.stringify({ schemaVersion: 1, packages: Object.fromEntries(packages) }, null, 2)}\n`;
};

/** Calls bump on a registry of some packages, with all vendors' hosts on the upstream. */
export const bumping = (
  names: readonly string[],
  run: (parts: {
    readonly upstream: Upstream;
    readonly desk: Desk;
    readonly bump: (words?: readonly string[], answer?: string) => Promise<Called>;
    readonly registry: () => Promise<Registry>;
  }) => Promise<void>,
): Promise<void> =>
  withUpstream((upstream) =>
    atDesk(
      { 'registry.json': ofPackages(...names) },
      (desk) =>
        run({
          upstream,
          desk,
          bump: (words = [], answer) =>
            desk.call(['registry', 'bump', '--registry', 'registry.json', ...words], answer),
          registry: async () => JSON.parse(await desk.read('registry.json')) as Registry,
        }),
      { BOOTY_MIRROR: upstream.base },
    ),
  );

export const natsList = '/api.github.com/repos/nats-io/nats-server/releases?per_page=100';
export const natsFiles = '/github.com/nats-io/nats-server/releases/download';
export const platforms = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64'];
export const natsFile = (version: string, platform: string): string => `nats-server-v${version}-${platform}.tar.gz`;

/** As GitHub answers; `digests` as it does for files uploaded lately. */
export const release = (tag: string, files: readonly string[], digests = false, more: object = {}): object => ({
  tag_name: tag,
  draft: false,
  prerelease: false,
  body: 'words',
  assets: files.map((name) => ({
    name,
    size: 10 + name.length,
    ...(digests && { digest: `sha256:${hashOf(name)}` }),
  })),
  ...more,
});
export const natsRelease = (version: string, digests = false): object =>
  release(`v${version}`, [...platforms.map((platform) => natsFile(version, platform)), 'SHA256SUMS'], digests);
export const natsSums = (version: string): string =>
  platforms.map((platform) => `${hashOf(natsFile(version, platform))}  ${natsFile(version, platform)}\n`).join('');

export const offerNats = (upstream: Upstream, versions: readonly string[]): void => {
  const early = release('v2.20.0-RC.1', [], false, { prerelease: true });
  const body = JSON.stringify([
    early,
    release('v2.99.0', [], false, { draft: true }),
    ...versions.map((one) => natsRelease(one)),
  ]);
  upstream.replies.set(natsList, ({ 'if-none-match': etag }) =>
    etag === '"one"' ? { status: 304 } : { headers: { etag: '"one"' }, body },
  );
  for (const version of versions)
    upstream.replies.set(`${natsFiles}/v${version}/SHA256SUMS`, { body: natsSums(version) });
};
