/** Where BOOTY_MIRROR names a mirror, nobody is asked beside it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { RegistryPackage } from '../../../source/registry/schema.ts';
import { emptyMirror, mirrorText } from '../../../source/store/mirror/document.ts';
import { parseMirror } from '../../../source/store/sources/archive/mirror.ts';
import { createSources } from '../../../source/store/sources/all.ts';
import { carriers, clock, files, hostWith, newHome, shippedRegistry } from '../world.ts';
import { serve } from './mirror.ts';

const never = new AbortController().signal;
const shipped = await shippedRegistry();

test('a mirror that does not answer is told, and nobody is asked in its place', async (t) => {
  const down = await serve(t, {});
  const { port } = new URL(down.origin);
  for (const [mirror, found] of [
    ['/nowhere/at/all', /file:\/\/\/nowhere\/at\/all: there is no such folder/],
    ['http://127.0.0.1:1', /127\.0\.0\.1:1: it refuses the connection/],
    [`http://ana:secret@127.0.0.1:${port}`, null],
  ] as const) {
    const sources = createSources(
      { ...carriers, files, clock, host: hostWith({ BOOTY_MIRROR: mirror }) },
      await newHome(t),
    );
    const wanted = [{ package: 'caddy', entry: shipped.packages['caddy'] as RegistryPackage, range: null }];
    for (const name of ['archive', 'apt', 'go']) {
      const source = sources.find((one) => one.name === name);
      // Without a document Debian's own hosts are asked, which need not be there for this.
      if ((await source?.unusable()) !== null || (found === null && name !== 'archive')) continue;
      const asked = source?.offer(wanted, () => undefined, never) ?? Promise.reject(new Error('no such source'));
      if (found === null) await t.notThrowsAsync(asked, 'one that says nothing of itself holds archives only');
      else await t.throwsAsync(asked, { message: found, code: 'STORE_MIRROR_UNREACHABLE' }, `${name} of ${mirror}`);
    }
  }
});

test('of Go modules and of Debian a mirror offers no more than it says it holds', async (t) => {
  const folder = await newHome(t);
  writeFileSync(join(folder, 'booty-mirror.json'), mirrorText(emptyMirror));
  const sources = createSources(
    { ...carriers, files, clock, host: hostWith({ BOOTY_MIRROR: folder }) },
    await newHome(t),
  );
  const wanted = [{ package: 'nats-server', entry: shipped.packages['nats-server'] as RegistryPackage, range: null }];
  for (const source of sources.filter(({ name }) => name !== 'path')) {
    if ((await source.unusable()) !== null) continue;
    const { candidates, trouble } = await source.offer(wanted, () => undefined, never);
    t.deepEqual([...candidates.values()].flat(), [], source.name);
    t.is(trouble, null, source.name);
  }
});

test('a folder of any name is one and the same folder as a URL', (t) => {
  for (const name of ['/a b', '/c#d', '/e%20f', '/g?h', '/é+ü', "/i'j", '/k"l', '/m[n]', '/o,p', '/q, r', '/s,t/u']) {
    const { base } = parseMirror(name);
    t.is(fileURLToPath(base ?? ''), name);
    t.notRegex(base ?? '', /['" ]/, 'apt prints it in quotes');
  }
});

test('a comma divides what could be an item each, and is part of a name elsewhere', (t) => {
  const { at, base } = parseMirror('github.com=/g,h, up.example:8443=https://m.example/a,b,/srv/i,j,');
  t.is(base, 'file:///srv/i,j');
  t.is(at('https://github.com/x'), 'file:///g,h/x');
  t.is(at('https://up.example:8443/x'), 'https://m.example/a,b/x');
});
