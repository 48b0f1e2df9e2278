import { type Target, withoutCredentials } from './parse.ts';

/** A target with the carried options of its source entry. */
export type Configured = Target & { readonly options: Readonly<Record<string, string>> };

export type Choice = { readonly asked: readonly Configured[]; readonly skipped: readonly string[] };

/**
Which of the machine's apt targets are Debian's or Ubuntu's own archive, or a mirror of it. Only those are asked: a
vendor's repository has no business knowing what booty installs, and may carry another program under a package's name.

1. Only components `main` and `universe`: what the distributions themselves build.
2. A target *is* the archive when its Release file says so (`Origin: Debian` or `Ubuntu`). Where apt has no lists yet, as
   in a fresh container, it is when its `Signed-By` names the distribution's keyring, or when it names none and stands
   on the distribution's own host, or in a folder called as theirs with a release named as the machine's.
3. Only if no target is the archive by rule 2: those whose release is named as the machine's (`bookworm`,
   `bookworm-security`, …). That is a private mirror signed with its owner's key; its `Signed-By` is honoured.

`codename` is the machine's release (VERSION_CODENAME of os-release); null when it names none.
*/
export const chooseTargets = (targets: readonly Configured[], codename: string | null): Choice => {
  const built = targets.filter(isBuilt);
  const archive = built.filter((target) => isArchive(target, codename));
  const asked = archive.length > 0 ? archive : built.filter((target) => isOwnRelease(target, codename));
  const skipped = targets
    .filter((target) => !asked.includes(target))
    .map(({ uri, release, component }) => `${withoutCredentials(uri)} ${release}/${component}`);
  return { asked, skipped: [...new Set(skipped)] };
};

/** True when nothing that a Release file may say can change what is thought of the target. */
export const isDecided = (target: Configured): boolean =>
  !isBuilt(target) || target.origin !== null || hasDistributionKey(target);

const isBuilt = ({ component, uri }: Target): boolean =>
  ['main', 'universe'].includes(component) && !uri.startsWith('cdrom:');

const isArchive = (target: Configured, codename: string | null): boolean => {
  if (target.origin !== null) return ['Debian', 'Ubuntu'].includes(target.origin);
  if (target.options['Signed-By'] !== undefined) return hasDistributionKey(target);
  const [, host = '', path = ''] = /^[\w+]+:\/\/(?:[^/@]*@)?([^/:]+)[^/]*(\/.*)?$/.exec(target.uri) ?? [];
  if (/(^|\.)(debian\.org|ubuntu\.com)$/.test(host)) return true;
  return /\/(debian|debian-security|ubuntu|ubuntu-ports)\/?$/.test(path) && isOwnRelease(target, codename);
};

const hasDistributionKey = ({ options }: Configured): boolean =>
  /(^|\/)(debian|ubuntu)-archive-[^/\s]*\.(gpg|pgp|asc)(\s|$)/.test(options['Signed-By'] ?? '');

const isOwnRelease = (target: Target, codename: string | null): boolean =>
  codename !== null && releaseBase(target.release) === codename;

/** `bookworm-security`, `bookworm/updates`, `bookworm-backports-sloppy` → `bookworm`. */
export const releaseBase = (release: string): string =>
  release.replace(/(-updates|-security|-proposed(-updates)?|-backports(-sloppy)?|\/updates)$/, '');
