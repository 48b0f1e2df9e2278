import { distinctVersions } from '../range.ts';
import { platforms, type RegistryPackage } from '../schema.ts';
import { fillingOf, planArchives, tagPrefixOf } from '../template.ts';
import type { Remark } from './lint.ts';

/** What is inconsistent in one package whose form is right. */
export const lintPackage = (name: string, entry: RegistryPackage): readonly Remark[] => {
  const base = ['packages', name] as const;
  const problem = (path: Remark['path'], message: string, fix: string): Remark => {
    return { path: [...base, ...path], level: 'problem', message, fix };
  };
  const note = (path: Remark['path'], message: string, fix: string): Remark => {
    return { path: [...base, ...path], level: 'note', message, fix };
  };
  const found: Remark[] = [];

  const versions = Object.keys(entry.versions);
  const sorted = distinctVersions(versions);
  const misplaced = versions.findIndex((version, index) => version !== sorted[index]);
  if (misplaced >= 0) {
    const [wrong = '', right = ''] = [versions[misplaced], sorted[misplaced]];
    found.push(
      problem(['versions', wrong], `it stands before ${right}, which is older`, 'put versions in order, oldest first'),
    );
  }
  if (/^(AGPL|BUSL|SSPL)/.test(entry.licence) && entry.notice === undefined) {
    const fix = 'say in `notice` what it binds to, in a sentence';
    found.push(problem(['licence'], `${entry.licence} binds who uses it, and nobody is told`, fix));
  }
  if (versions.length === 1) {
    const fix = `find another one: booty registry bump ${name}`;
    found.push(note(['versions'], 'there is one version only: nothing to go to, or back to', fix));
  }
  const isVerified = Object.values(entry.versions).some(({ archives }) =>
    platforms.some((platform) => archives.every((archive) => archive.platforms[platform]?.sha256)),
  );
  if (!isVerified && entry.apt === undefined && entry.go === undefined) {
    const fix = `find what vouches for its bytes: booty registry bump ${name}`;
    found.push(note([], 'no version can be installed anywhere: no bytes are vouched for', fix));
  }
  if (entry.updater === undefined) {
    found.push(
      note([], 'no updater says how newer versions are found', 'add `updater`, if only with why there is none'),
    );
  }
  for (const version of versions) found.push(...versionRemarks(entry, version, problem));
  found.push(...updaterRemarks(entry, sorted.at(-1) ?? null, problem));
  return found;
};

type Say = (path: Remark['path'], message: string, fix: string) => Remark;

const endings: Readonly<Record<string, RegExp>> = {
  'tar.gz': /\.(tar\.gz|tgz)$/,
  'tar.xz': /\.(tar\.xz|txz)$/,
  'tar.zst': /\.tar\.zst$/,
  zip: /\.zip$/,
  gz: /(?<!\.tar)\.gz$/,
  plain: /(?<!\.(tar\.gz|tgz|tar\.xz|txz|tar\.zst|zip|gz))$/,
};

const versionRemarks = (entry: RegistryPackage, version: string, problem: Say): readonly Remark[] => {
  const own = entry.versions[version];
  const { tag = '', digits = '' } = fillingOf(version, '');
  const names = [version, own?.sourceVersion ?? version, tag, ...(digits.length === 14 ? [digits] : [])];
  return (own?.archives ?? []).flatMap((archive, index) =>
    Object.entries(archive.platforms).flatMap(([platform, { url, format, members }]) => {
      const path = ['versions', version, 'archives', index, 'platforms', platform];
      const file = decodeURIComponent(new URL(url).pathname);
      const strange = Object.entries(members).find(([, member]) => {
        const [other] = /\d+\.\d+\.\d+/.exec(member) ?? [];
        return other !== undefined && !names.some((name) => name.includes(other));
      });
      return [
        ...(names.some((name) => file.includes(name))
          ? []
          : [problem([...path, 'url'], `${url} does not name ${version}`, 'write the address of this very version')]),
        ...(endings[format]?.test(file) === false
          ? [problem([...path, 'format'], `${url} does not end like ${format}`, 'write the format the archive has')]
          : []),
        ...(strange === undefined
          ? []
          : [
              problem(
                [...path, 'members', strange[0]],
                `${strange[1]} names another version than ${version}`,
                'write the path in this very archive',
              ),
            ]),
        ...wrongPlatform(platform, file).map((message) =>
          problem([...path, 'url'], message, 'write the address of the archive for this platform'),
        ),
      ];
    }),
  );
};

/** Words that name one platform for sure. */
const platformWords: readonly (readonly [RegExp, string])[] = [
  [/[-_.](linux)[-_.]/i, 'linux'],
  [/[-_.](darwin|mac|macos)[-_.]/i, 'darwin'],
  [/[-_.](amd64|x86_64)(?![a-z0-9])/i, 'amd64'],
  [/[-_.](arm64|aarch64)(?![a-z0-9])/i, 'arm64'],
];

const wrongPlatform = (platform: string, path: string): readonly string[] => {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const named = platformWords.flatMap(([pattern, word]) => (pattern.test(file) ? [word] : []));
  const wrong = named.find((word) => !platform.split('-').includes(word));
  return wrong === undefined ? [] : [`${file} is for ${wrong}, and it stands under ${platform}`];
};

/** Templates are for the next version: of the newest known one they must give what is there. */
const updaterRemarks = (entry: RegistryPackage, newest: string | null, problem: Say): readonly Remark[] => {
  const { updater } = entry;
  if (updater === undefined || updater.kind === 'none') return [];
  const named = new Set(updater.archives.flatMap(({ members }) => Object.keys(members)));
  const missing = entry.executables.filter((name) => !named.has(name));
  const coverage = missing.map((name) =>
    problem(['updater', 'archives'], `no rule says where ${name} is`, 'name it under `members` of one of the rules'),
  );
  const planned = newest === null ? [] : planArchives(updater.archives, newest, tagPrefixOf(updater), platforms);
  const differences = (newest === null ? [] : (entry.versions[newest]?.archives ?? [])).flatMap((archive) => {
    const rule = planned.find(({ name }) => name === archive.name);
    if (rule === undefined) {
      return [
        problem(['updater', 'archives'], `no rule is for archive ${archive.name} of ${newest}`, 'add a rule for it'),
      ];
    }
    const other = rule.platforms.find(({ platform, url, format }) => {
      const known = archive.platforms[platform];
      return known !== undefined && (known.url !== url || known.format !== format);
    });
    if (other === undefined) return [];
    const message = `of ${newest} its rules make ${other.url}, the registry has ${archive.platforms[other.platform]?.url}`;
    return [problem(['updater', 'archives'], message, 'mend the template, or add a rule for these versions before it')];
  });
  return [...coverage, ...differences];
};
