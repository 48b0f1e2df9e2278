/**
What tests of real servers need to know of Debian's releases: which version each has of a package (they move, so tests name
releases), and one folder of package lists for all the booties of a test file, as each release's lists are some 50 MB.
*/
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Booty } from '../terminal/booty.ts';

/** True on the release these upgrades start from. */
export const isBookworm =
  existsSync('/usr/bin/apt-get') && /VERSION_CODENAME=bookworm/.test(readFileSync('/etc/os-release', 'utf8'));

let cache: string | null = null;

/** Gives a booty that was not used yet the lists the others of this test file have fetched. */
export const shareLists = ({ home }: Booty): void => {
  if (cache === null) {
    const made = mkdtempSync(path.join(tmpdir(), 'booty-lists-'));
    cache = made;
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  }
  mkdirSync(home, { recursive: true, mode: 0o700 });
  symlinkSync(cache, path.join(home, 'cache'));
};

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
