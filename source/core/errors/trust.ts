import { row } from './row.ts';

/** Errors of the trust room. A code never changes its meaning once released. */
export const trustErrors = {
  TRUST_KEYS_UNUSABLE: row<{ path: string; problem: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `the signing keys in ${facts.path} cannot be used: ${facts.problem}`,
    hint: () => 'keys are made by booty registry keys new DIR; what they are for is in docs/registries.md',
  }),
  TRUST_KEYS_MISSING: row<{
    role: string;
    there: number;
    threshold: number;
    missing: readonly string[];
    folder: string;
  }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) =>
      `${facts.role}.json needs to be signed by ${facts.threshold} keys, and ${facts.there} of them are in ${facts.folder}; nothing was written`,
    hint: (facts) => `bring one of these there, with mode 0600: ${facts.missing.join(', ')}`,
  }),
  REGISTRY_METADATA_BROKEN: row<{ path: string }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `${facts.path} is no TUF metadata, and nothing can be signed after it`,
    hint: () => 'bring it back from where the registry is served, so that versions go on from there',
  }),
  REGISTRY_UNREACHABLE: row<{ registry: string; address: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `registry ${facts.registry} cannot be updated, ${facts.address} cannot be had: ${facts.found}; what was fetched before stays in use`,
    hint: (facts) =>
      `check the network, HTTPS_PROXY and the token for the host, then: booty registry update ${facts.registry}`,
  }),
  REGISTRY_CUT_SHORT: row<Record<string, never>>({
    kind: 'user',
    exitCode: 130,
    message: () => 'the update of the registry was cut short; the copy there was stays in use',
    hint: () => 'run it again: booty registry update',
  }),
  REGISTRY_REFUSED: row<{ registry: string; url: string; attack: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `registry ${facts.registry} at ${facts.url} is not believed (${facts.attack}): ${facts.found}; nothing of it was taken`,
    hint: () => 'ask who runs the registry; what was fetched before, and what is installed or locked, stays in use',
  }),
  REGISTRY_UNTRUSTED: row<{ registry: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `the copy of registry ${facts.registry} on this machine is not believed: ${facts.found}`,
    hint: (facts) =>
      `fetch it anew: booty registry update ${facts.registry}; what is installed or locked runs on meanwhile`,
  }),
  REGISTRY_EXPIRED: row<{
    registry: string;
    component: string;
    versions: readonly string[];
    fetched: string;
    expired: string;
  }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `${[facts.component, ...facts.versions].join(' ')} is known from registry ${facts.registry} alone, whose metadata is ` +
      `${facts.fetched} old and expired ${facts.expired} ago: new versions are not taken from it`,
    hint: (facts) =>
      `bring it up to date: booty registry update ${facts.registry}; what is installed or locked runs on meanwhile`,
  }),
};
