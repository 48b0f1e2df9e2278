/**
What `npm ci` runs in a clone: builds the bundle and links `node_modules/.bin/booty` to the launcher, because npm
does not link a package's own bin. Passes with a message when the development dependencies are absent (a production
install, or `npm ci --omit=dev`): the published package carries its bundle.
*/
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

const linkBin = () => {
  const folder = path.join(root, 'node_modules', '.bin');
  mkdirSync(folder, { recursive: true });
  const link = path.join(folder, 'booty');
  rmSync(link, { force: true });
  symlinkSync(path.join('..', '..', 'bin', 'booty'), link);
};

if (existsSync(path.join(root, 'node_modules', 'esbuild'))) {
  await import('./build.ts');
  linkBin();
} else if (existsSync(path.join(root, 'dist', 'cli.js'))) {
  linkBin();
} else {
  console.log('booty: development dependencies are absent, nothing was built; `npm ci` without --omit=dev builds it');
}
