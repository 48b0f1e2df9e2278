/** Several versions of one component in one call: they stand side by side, told in the order they were asked for. */
import test from 'ava';
import { createHost } from '../../source/edge/host.ts';
import { platformName } from '../../source/store/sources/archive/platform.ts';
import { registryText } from '../registry/documents.ts';
import { serve, sha256, whole } from '../store/sources/mirror.ts';
import { tarGz } from '../store/sources/packed.ts';
import { atDesk } from './call.ts';

const platform = platformName(createHost());

test('a component may be asked for more than once; the very same said twice is done once', async (t) => {
  const versions = ['1.0.0', '1.1.0', '2.0.0'] as const;
  const archives = versions.map((version) => tarGz({ widget: `#!/bin/sh\necho widget ${version}\n` }));
  const site = await serve(
    t,
    Object.fromEntries(
      versions.map((version, index) => [
        `/bytes.example/widget/${version}/${platform}.tar.gz`,
        whole(archives[index] ?? Buffer.alloc(0)),
      ]),
    ),
  );
  const hashes = versions.map(
    (version, index) => [version, { [platform]: sha256(archives[index] ?? Buffer.alloc(0)) }] as const,
  );
  await atDesk(
    { 'booty.registry.json': registryText(Object.fromEntries(hashes)) },
    async ({ call }) => {
      const words = ['widget@~1.0', 'widget@~1.1', 'widget@~1.0', 'widget@^9', 'widget@^2'];
      const { code, out, err } = await call(['install', ...words]);
      t.is(code, 2, err);
      t.deepEqual(
        out.split('\n').flatMap((line) => /^widget (\S+) from archive/.exec(line)?.[1] ?? []),
        ['1.0.0', '1.1.0', '2.0.0'],
      );
      t.regex(err, /no source has widget@\^9/);
      t.regex(err, /3 of 4 installed/);
    },
    { BOOTY_SOURCES: 'archive', BOOTY_MIRROR: site.origin },
  );
});
