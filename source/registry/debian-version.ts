import { valid } from 'semver';

/**
The upstream version, as semver, of a Debian version; null where it has no such form.

By deb-version(7) a version is `[epoch:]upstream[-revision]`. Dropped are the epoch, the revision (with `+b3`,
`~bpo13+1`, `+deb12u1` in it), and from the upstream part what Debian added: `+ds1`, `+dfsg1`, `+git…`, `~bpo…`.
`A+reallyB` is Debian's way to take a version back: B is what is inside. An upstream `~rc1` stays a prerelease, as it is
older than the release. Missing parts count as 0 (`2.42` → `2.42.0`); more than three numbers have no semver.
*/
export const upstreamVersion = (debianVersion: string): string | null => {
  const withoutEpoch = debianVersion.replace(/^\d+:/, '');
  const upstream = withoutEpoch.replace(/-[^-]*$/, '').replace(/^.*\+really/, '');
  const parts = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:~(alpha|beta|rc)[.-]?(\d*)(?:~[^+]*)?|~[^+]*)?(?:\+.*)?$/.exec(
    upstream,
  );
  if (parts === null) return null;
  const [, major = '0', minor = '0', patch = '0', stage, count] = parts;
  const numbers = [major, minor, patch].map((digits) => digits.replace(/^0+(?=\d)/, '')).join('.');
  const suffix = stage === undefined ? '' : `-${stage}${count ? `.${count.replace(/^0+(?=\d)/, '')}` : ''}`;
  return valid(numbers + suffix);
};
