import { versionsText } from '../versions-text.ts';
import { firstOf } from './first-of.ts';
import { row } from './row.ts';

const unpackAgain = 'compare the SHA-256 of the bundle with what `booty bundle` printed, and unpack it again';

/** Without a hash nobody fetched it whole: its length was wrong. */
const servedText = (facts: {
  actualSha256: string | null;
  expectedBytes: number | null;
  actualBytes: number;
}): string => {
  if (facts.actualSha256 !== null) return `${facts.actualSha256} (${facts.actualBytes} bytes), the same each time`;
  const isLess = facts.expectedBytes !== null && facts.actualBytes < facts.expectedBytes;
  return `${facts.actualBytes} bytes${isLess ? '' : ' or more'}`;
};

/** Errors of the store and registry rooms. A code never changes its meaning once released. */
export const storeErrors = {
  REGISTRY_INVALID: row<{ path: string; problems: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `the registry ${facts.path} cannot be used: ${firstOf(facts.problems)}`,
    hint: () => 'mend it there, or take the one that came with booty; its form is in schema/registry.schema.json',
  }),
  REGISTRY_CONFLICT: row<{ registry: string; path: string; problems: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `registry ${facts.registry} (${facts.path}) says otherwise than those before it: ${firstOf(facts.problems)}`,
    hint: (facts) => `mend ${facts.path}, or leave it out; which registries there are says: booty registry list`,
  }),
  REGISTRY_LIST_INVALID: row<{ path: string; problem: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `the list of registries ${facts.path} cannot be used: ${facts.problem}`,
    hint: (facts) =>
      `mend it, or move it away and add registries anew: mv ${facts.path} ${facts.path}.old; what is installed or locked runs on`,
  }),
  REGISTRY_UNKNOWN: row<{ registry: string; known: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `there is no registry ${facts.registry} in your list (there is: ${facts.known.join(', ') || 'none'})`,
    hint: () => 'see all with booty registry list; add one with: booty registry add FILE',
  }),
  TOKEN_UNUSABLE: row<{ host: string; problem: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `the token for ${facts.host} cannot be used: ${facts.problem}`,
    hint: () => 'see docs/registries.md: a token stands in BOOTY_TOKEN_<HOST>, tokens.json or the keyring',
  }),
  TOKEN_FILE_UNUSABLE: row<{ path: string; problem: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `the tokens in ${facts.path} cannot be used: ${facts.problem}`,
    hint: (facts) => `it is to be yours alone: chmod 600 ${facts.path}; its form is in docs/registries.md`,
  }),
  STORE_UNKNOWN_COMPONENT: row<{ component: string; known: readonly string[]; isAllRead: boolean }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `the registry has no component ${facts.component} (it has: ${facts.known.join(', ')})`,
    hint: (facts) =>
      facts.isAllRead
        ? 'correct the name (booty registry show has them all), or write a `command:` of your own in booty.yaml'
        : 'a registry that was left out may have it: see what is wrong with it by booty registry list, and mend or remove it',
  }),
  STORE_BAD_RANGE: row<{ component: string; range: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${JSON.stringify(facts.range)} is no version range for ${facts.component}`,
    hint: () => 'write a semver range such as ^2.10, 1.x or ">=2.9 <3"',
  }),
  STORE_RANGE_UNSATISFIABLE: row<{
    component: string;
    range: string;
    sources: readonly { readonly source: string; readonly versions: readonly string[] }[];
    tried: readonly string[];
  }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `no source has ${facts.component}@${facts.range}: ${[
        ...facts.sources.map((one) => `${one.source} has ${versionsText(one.versions)}`),
        ...facts.tried,
      ].join('; ')}`,
    hint: (facts) => `change the range of ${facts.component}, for example to ~${facts.sources.at(0)?.versions.at(-1)}`,
  }),
  STORE_NO_SOURCE: row<{ component: string; range: string; tried: readonly string[] }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `no source has ${facts.component}@${facts.range}: ${facts.tried.join('; ') || 'none was usable'}`,
    hint: ({ component, range }) =>
      `${range === 'any' ? '' : `widen the range of ${component}, or `}connect this machine to one of the sources, or to ` +
      `a mirror made elsewhere with: booty mirror clone DIR ${component}`,
  }),
  STORE_MIRROR_UNREACHABLE: row<{ source: string; address: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `source ${facts.source} cannot reach ${facts.address}: ${facts.found}`,
    hint: (facts) =>
      facts.source === 'apt'
        ? 'check the network, the proxy settings and the mirror of this machine, for example with: apt-get update'
        : 'check the network and HTTPS_PROXY, or set BOOTY_MIRROR to a mirror that this machine reaches',
  }),
  STORE_SIGNATURE: row<{ source: string; address: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `source ${facts.source} refuses ${facts.address}, its ${facts.source === 'go' ? 'checksum' : 'signature'} does not verify: ${facts.found}`,
    hint: (facts) =>
      facts.source === 'go'
        ? 'do not build it before somebody has looked; what vouches and who is asked says: go env GOSUMDB GOPROXY'
        : /EXPKEYSIG|EXPSIG|KEYEXPIRED/.test(facts.found)
          ? "see whether this machine's clock is right: date; if it is, its keys are too old: upgrade its package of them (debian-archive-keyring)"
          : "check the mirror and its Signed-By in this machine's apt sources, then try: apt-get update",
  }),
  STORE_HASH_MISMATCH: row<{
    component: string;
    url: string;
    expectedSha256: string;
    actualSha256: string;
    expectedBytes: number | null;
    actualBytes: number;
  }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `${facts.component} from ${facts.url} is not what was vouched for: expected sha256 ${facts.expectedSha256}` +
      `${facts.expectedBytes === null ? '' : ` (${facts.expectedBytes} bytes)`}, got ${facts.actualSha256} (${facts.actualBytes} bytes); nothing was installed`,
    hint: (facts) =>
      facts.url.startsWith('/')
        ? unpackAgain
        : 'try again; if it stays so, the mirror or something on the way to it changes files',
  }),
  STORE_PACKAGE_BROKEN: row<{ component: string; sourceVersion: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `${facts.component} ${facts.sourceVersion} could not be unpacked: ${facts.found}`,
    hint: (facts) => `try another version of ${facts.component}, or look whether the disk is full`,
  }),
  STORE_SOURCE_FAILED: row<{ source: string; doing: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `source ${facts.source} failed while ${facts.doing}: ${facts.found}`,
    hint: (facts) =>
      facts.source === 'go'
        ? 'see where this machine takes Go modules from: go env GOPROXY'
        : facts.source === 'bundle'
          ? unpackAgain
          : 'see whether the same works by hand with: apt-get update',
  }),
  STORE_NOT_WRITABLE: row<{ path: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `booty cannot write in ${facts.path}: ${facts.found}`,
    hint: () => 'make it writable, or set BOOTY_HOME to a folder that is',
  }),
  STORE_CANCELLED: row<{ component: string }>({
    kind: 'user',
    exitCode: 130,
    message: (facts) => `the installation of ${facts.component} was cut short; nothing of it was installed`,
    hint: () => 'run the same command again to install it',
  }),
  CUT_SHORT: row<{ what: string }>({
    kind: 'user',
    exitCode: 130,
    message: (facts) => `${facts.what} was cut short`,
    hint: () => 'run the same command again: what is whole is not done twice',
  }),
  STORE_BAD_SETTING: row<{ variable: string; value: string; problem: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `the environment variable ${facts.variable} is ${JSON.stringify(facts.value)}: ${facts.problem}`,
    hint: (facts) =>
      facts.variable === 'BOOTY_SOURCES'
        ? 'write some of bundle, archive, apt, go and path, in the order they shall be asked: BOOTY_SOURCES=apt,archive'
        : facts.variable === 'BOOTY_REGISTRY'
          ? 'write absolute paths of registry files, or names or URLs of registries you added, divided by commas'
          : facts.variable === 'BOOTY_HOME'
            ? 'write the whole path, from / on, or unset it'
            : 'write a URL, a folder, or HOST=URL pairs divided by commas: BOOTY_MIRROR=github.com=https://mirror.example/gh',
  }),
  STORE_NO_BUILD: row<{ component: string; version: string; platform: string; why: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `no verified ${facts.platform} build of ${facts.component} ${facts.version}: ${facts.why}`,
    hint: (facts) =>
      `take a range of ${facts.component} that has one (booty list), or install it on this machine's PATH`,
  }),
  STORE_DOWNLOAD_REFUSED: row<{ component: string; url: string; status: number; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `${facts.component} cannot be had from ${facts.url}: ${facts.found}`,
    hint: () => 'open the URL in a browser; if upstream took it away, choose another version or set BOOTY_SOURCES=apt',
  }),
  STORE_DOWNLOAD_BROKEN: row<{ component: string; url: string; found: string; tries: number }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `the download of ${facts.component} from ${facts.url} did not come to its end in ${facts.tries} tries: ${facts.found}`,
    hint: () => 'run the same command again: it goes on where this one ended',
  }),
  STORE_UPSTREAM_CHANGED: row<{
    component: string;
    url: string;
    expectedSha256: string;
    actualSha256: string | null;
    expectedBytes: number | null;
    actualBytes: number;
  }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `${facts.url} serves other bytes than the registry knows of ${facts.component}: expected sha256 ` +
      `${facts.expectedSha256}${facts.expectedBytes === null ? '' : ` (${facts.expectedBytes} bytes)`}, it serves ` +
      `${servedText(facts)}; nothing was installed`,
    hint: () =>
      'upstream or a mirror replaced a release: do not run it before somebody has looked; other versions work',
  }),
  STORE_TAMPERED: row<{ component: string; version: string; path: string; source: string | null }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `${facts.path} is not what was installed as ${facts.component} ${facts.version}: somebody or something changed it, so it is not run`,
    hint: (facts) =>
      facts.source === 'path'
        ? `look who exchanged that program; to take it as it is now: booty uninstall ${facts.component}@${facts.version} --force`
        : 'fetch the very bytes it was made of again with: booty verify -y',
  }),
  STORE_OTHER_BYTES: row<{
    component: string;
    version: string;
    found: readonly string[];
    wanted: readonly string[];
  }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `${facts.component} ${facts.version} is installed with SHA-256 ${facts.found.join(', ')}, the registries of this project name ${facts.wanted.join(', ')}`,
    hint: (facts) =>
      `booty uninstall ${facts.component}@${facts.version} --force fetches those at the next up; two projects that both need theirs need a BOOTY_HOME each`,
  }),
  STORE_NO_SPACE: row<{ path: string; neededBytes: number | null; freeBytes: number | null }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      facts.neededBytes === null
        ? `the disk of ${facts.path} is full`
        : `the disk of ${facts.path} has ${facts.freeBytes} bytes left, and about ${facts.neededBytes} are needed`,
    hint: () => 'make room (booty gc removes versions that nothing uses), or set BOOTY_HOME to another disk',
  }),
  STORE_NOT_ON_PATH: row<{ component: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `no ${facts.component} on PATH can be used: ${facts.found}`,
    hint: (facts) => `install ${facts.component} on this machine, or let booty fetch it from another source`,
  }),
  STORE_BUILD_FAILED: row<{ component: string; sourceVersion: string; command: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `${facts.component} ${facts.sourceVersion} could not be built here: ${facts.found}`,
    hint: (facts) => `see what the compiler says: CGO_ENABLED=0 ${facts.command}; other versions may build`,
  }),
  STORE_IN_USE: row<{ component: string; version: string; user: string }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `${facts.component} ${facts.version} is in use by ${facts.user}`,
    hint: () => 'stop what uses it first: booty down',
  }),
  STORE_LOCKED: row<{ component: string; version: string; holder: string }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `${facts.component} ${facts.version} is locked by ${facts.holder}`,
    hint: (facts) =>
      `to have it fetched again at the next up: booty uninstall ${facts.component}@${facts.version} --force`,
  }),
  STORE_NOT_INSTALLED: row<{ component: string; version: string | null; installed: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${facts.component}${facts.version === null ? '' : ` ${facts.version}`} is not installed ` +
      `(installed: ${facts.installed.join(', ') || 'nothing of it'})`,
    hint: () => 'see what is there with: booty list',
  }),
};
