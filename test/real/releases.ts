/**
What tests of real servers need to know of Debian's releases: which version each has of a package (they move, so tests name
releases).
*/
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Booty } from '../terminal/booty.ts';

/** True on the release these upgrades start from. */
export const isBookworm =
  existsSync('/usr/bin/apt-get') && /VERSION_CODENAME=bookworm/.test(readFileSync('/etc/os-release', 'utf8'));

/** The upstream version a release has of a Debian package, read from the lists booty has fetched. */
export const versionIn = ({ home }: Booty, release: string, debianPackage: string): string => {
  const apt = path.join(home, 'cache/apt');
  const own = path.join(apt, 'suites', release, 'lists');
  const folder = existsSync(own) ? own : path.join(apt, 'lists');
  for (const name of readdirSync(folder).filter((each) => each.includes(`dists_${release}_`))) {
    if (!/_Packages(\.\w+)?$/.test(name)) continue;
    const file = path.join(folder, name);
    const text = execFileSync('/usr/lib/apt/apt-helper', ['cat-file', file], { maxBuffer: 2 ** 29, encoding: 'utf8' });
    const [, stanza = ''] = text.split(`\nPackage: ${debianPackage}\n`);
    const version = /^(?:(?!\n\n)[^])*?^Version: (?:\d+:)?(\d+\.\d+\.\d+)/m.exec(stanza)?.[1];
    if (version !== undefined) return version;
  }
  throw new Error(`${release} has no ${debianPackage}`);
};
