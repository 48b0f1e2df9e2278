import { row } from './row.ts';

/** Errors of asking upstreams for newer versions. A code never changes its meaning once released. */
export const curateErrors = {
  UPSTREAM_SILENT: row<{ address: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `${facts.address} cannot be asked: ${facts.found}`,
    hint: () => 'check the network and HTTPS_PROXY, or set BOOTY_MIRROR to a mirror that this machine reaches',
  }),
  UPSTREAM_LIMIT: row<{ address: string; until: string | null }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `${facts.address} answers no more for now, its limit of requests is used up${facts.until === null ? '' : ` until ${facts.until}`}`,
    hint: () => 'wait until then, or ask with a token of your own: BOOTY_TOKEN_API_GITHUB_COM (docs/registries.md)',
  }),
  UPSTREAM_ODD: row<{ address: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `${facts.address} is not what it should be: ${facts.found}`,
    hint: () => 'look at it with a browser: it may have moved, or something on the way answers in its place',
  }),
  UPSTREAM_RENAMED: row<{ package: string; version: string; missing: string; has: readonly string[] }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) =>
      `${facts.package} ${facts.version} has no ${facts.missing}; it has ${facts.has.slice(0, 12).join(', ') || 'no files'}${facts.has.length > 12 ? ` and ${facts.has.length - 12} more` : ''}`,
    hint: (facts) =>
      `upstream may have renamed its files: add a rule to updater.archives of ${facts.package}; or wait, as files are added after a release`,
  }),
  UPSTREAM_DISAGREES: row<{ package: string; file: string; one: string; other: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `upstream of ${facts.package} contradicts itself about ${facts.file}: ${facts.one}, ${facts.other}`,
    hint: () => 'take neither: tell upstream, and look again later',
  }),
  UPSTREAM_SIGNATURE: row<{ package: string; file: string; why: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `the signature of ${facts.package} over ${facts.file} does not hold: ${facts.why}`,
    hint: () => 'take nothing of it before somebody has looked: the key may be old, or the file another',
  }),
  UPSTREAM_NO_CHECKSUMS: row<{ package: string; version: string; why: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `nothing vouches for the files of ${facts.package} ${facts.version}: ${facts.why}`,
    hint: () => 'wait, as checksums may come after a release, or name where they are in updater.checksums',
  }),
  REGISTRY_CHANGED: row<{ path: string }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `${facts.path} was changed by somebody else meanwhile, and nothing was written`,
    hint: () => 'ask again: booty registry bump',
  }),
};
