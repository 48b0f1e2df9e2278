/**
What tests that need real servers, and are not about fetching them, have in common: package lists (some 50 MB, and seconds
of a processor to verify) and a store of what was installed. Several booties of one user share these, and so may these.
*/
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../node_modules/.cache', `booty-${process.getuid?.() ?? 0}`);

const share = (name: 'cache' | 'store', home: string): void => {
  for (const each of [path.join(folder, name), home]) mkdirSync(each, { recursive: true, mode: 0o700 });
  symlinkSync(path.join(folder, name), path.join(home, name));
};

/** Gives a home that was not used yet the lists others have fetched; booty fetches them anew when they are old. */
export const shareLists = (home: string): void => share('cache', home);

/** Gives a home that was not used yet what others have installed, and the lists; only to be added to. */
export const shareStore = (home: string): void => {
  share('store', home);
  share('cache', home);
};
