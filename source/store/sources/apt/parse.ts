/**
What apt's commands print, as values. The forms are those of apt-get(8), apt-cache(8); measured with apt 2.6, always under
LC_ALL=C.
*/

/** One index of packages that apt would read, from `apt-get indextargets --format`. */
export type Target = {
  readonly uri: string;
  /** Second word of a source line: `bookworm`, `bookworm-security`. */
  readonly release: string;
  readonly component: string;
  readonly architecture: string;
  /** Which entry of which file it stands in: `/etc/apt/sources.list.d/debian.sources:1`. */
  readonly entry: string;
  /** From the Release file; null while apt has no lists of it. */
  readonly origin: string | null;
  readonly codename: string | null;
};

const fields = ['CREATED_BY', 'REPO_URI', 'RELEASE', 'COMPONENT', 'ARCHITECTURE', 'SOURCESENTRY', 'ORIGIN', 'CODENAME'];

/** Argument for `--format`: one line per target, parts divided by tabs. */
export const targetFormat = fields.map((field) => `$(${field})`).join('\t');

/** Only indexes of binary packages. A field that apt does not know for a target stays `$(FIELD)` in its output. */
export const parseTargets = (text: string): readonly Target[] =>
  text.split('\n').flatMap((line) => {
    const [createdBy, uri, release, component, architecture, entry, origin, codename] = line
      .split('\t')
      .map((part) => (part === '' || part.startsWith('$(') ? null : part));
    if (createdBy !== 'Packages' || !uri || !release || !component || !architecture || !entry) return [];
    return [{ uri, release, component, architecture, entry, origin: origin ?? null, codename: codename ?? null }];
  });

/** One line of `apt-cache madison`. */
export type Offered = {
  readonly package: string;
  readonly version: string;
  readonly uri: string;
  readonly release: string;
};

/** In apt's order: of one package the newest version first. Sources (`… Sources`) are left out. */
export const parseMadison = (text: string): readonly Offered[] =>
  text.split('\n').flatMap((line) => {
    const [name, version, where] = line.split(' | ').map((part) => part.trim());
    const [, uri, release] = /^(\S+) (\S+?)\/[^/\s]+ \S+ Packages$/.exec(where ?? '') ?? [];
    return name && version && uri && release ? [{ package: name, version, uri, release }] : [];
  });

/** One line of `apt-get download --print-uris`; the hash comes from the signed index. */
export type PackageUri = {
  readonly url: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
};

/** Lines without a SHA-256 are left out: what cannot be verified is not fetched. */
export const parseUris = (text: string): readonly PackageUri[] =>
  text.split('\n').flatMap((line) => {
    const [, url, file, size, sha256] = /^'([^']+)' ([^\s/]+) (\d+) SHA256:([0-9a-f]{64})$/.exec(line.trim()) ?? [];
    return url && file && size && sha256 ? [{ url, file, sizeBytes: Number(size), sha256 }] : [];
  });

/** Package and version in the name of a .deb, `name_version_arch.deb`, in which apt writes a colon as %3a. */
export const nameInFile = (file: string): { readonly package: string; readonly version: string } | null => {
  const [, name, version] = /^([^_]+)_([^_]+)_[^_]+\.deb$/.exec(file) ?? [];
  return name && version ? { package: name, version: version.replaceAll('%3a', ':') } : null;
};

/** What apt said went wrong. `address` holds no password. */
export type Failure = {
  readonly kind: 'unreachable' | 'missing' | 'signature' | 'hash' | 'other';
  readonly address: string;
  readonly found: string;
};

/** From stderr of any apt command; warnings count too, as an update that fails in part may only warn. */
export const parseFailures = (stderr: string): readonly Failure[] =>
  stderr.split('\n').flatMap((line): Failure[] => {
    const [, address, found = ''] = /^[EW]: Failed to fetch (\S+)\s+(.*)$/.exec(line) ?? [];
    if (address) return [{ kind: kindOf(found), address: withoutCredentials(address), found: found.trim() }];
    const [, key, reason = ''] = /^[EW]: GPG error: (\S+)[^:]*: (.*)$/.exec(line) ?? [];
    if (key) return [{ kind: 'signature', address: withoutCredentials(key), found: reason.trim() }];
    const [, repository, lack = ''] = /^[EW]: The repository '(\S+)[^']*' (.*)$/.exec(line) ?? [];
    if (!repository) return [];
    const kind = /not signed|no longer signed/.test(lack) ? 'signature' : 'other';
    return [{ kind, address: withoutCredentials(repository), found: `the repository ${lack.trim()}` }];
  });

/** From stdout of an update that was ended early: `Err:1 URL suite InRelease`, the reason on the next line. */
export const parseErrors = (stdout: string): readonly Failure[] =>
  [...stdout.matchAll(/^Err:\d+ (\S+).*\n\s+(\S.*)$/gm)].map(([, address = '', found = '']) => ({
    kind: kindOf(found),
    address: withoutCredentials(address),
    found: found.trim(),
  }));

/** A URL as it may be shown and kept. */
export const withoutCredentials = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');

const kindOf = (found: string): Failure['kind'] => {
  if (/Hash Sum mismatch|unexpected size/i.test(found)) return 'hash';
  if (/^404\b|^410\b|File not found/i.test(found)) return 'missing';
  if (/signature|NO_PUBKEY|BADSIG|EXPKEYSIG|not signed|Clearsigned/i.test(found)) return 'signature';
  return 'unreachable';
};
