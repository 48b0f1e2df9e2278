/** Other releases of Debian, with the machine's real apt and mirror; skipped, aloud, where there is none. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../../source/edge/host.ts';
import { createStore } from '../../../source/store/create-store.ts';
import { createAptSource } from '../../../source/store/sources/apt.ts';
import type { Installed } from '../../../source/store/store.ts';
import { carriers, clock, files, installAll, shippedRegistry } from '../world.ts';

const registry = await shippedRegistry();
const host = createHost();
const hasApt = (await host.findExecutable('apt-get', '/', host.environment['PATH'] ?? '')) !== null;
const isBookworm = hasApt && /VERSION_CODENAME=bookworm/.test(readFileSync('/etc/os-release', 'utf8'));
const aptTest = isBookworm ? test.serial : test.serial.skip;

const home = await mkdtemp(join(tmpdir(), 'booty-suites-'));
test.after.always(() => files.remove(home));
const store = createStore({
  ...carriers,
  files,
  host,
  clock,
  registry,
  home,
  sources: [createAptSource({ files, host, clock }, home)],
});

aptTest(
  'a range the machine’s release cannot satisfy is asked of the next ones, and this is said (needs Debian bookworm)',
  async (t) => {
    const outcome = await installAll(store, ['nats@~2.9', 'caddy@~2.6.2']);
    const old = outcome.results.get('nats') as Installed;
    t.is(old.reason, null);
    const later = await installAll(store, ['nats@~2.10', 'prometheus@~2.53']);
    const next = later.results.get('nats') as Installed;
    t.regex(next.version, /^2\.10\./);
    t.regex(next.reason ?? '', /^apt: from trixie, as bookworm has nats-server 2\.9\.\d+ only$/);
    for (const { version, executables } of [old, next]) {
      t.true(
        execFileSync(executables['nats-server'] ?? '', ['--version'], { encoding: 'utf8' }).includes(`v${version}`),
      );
    }
    // promtool is in a package of its own there.
    const prometheus = later.results.get('prometheus') as Installed;
    const said = execFileSync(prometheus.executables['promtool'] ?? '', ['--version'], { encoding: 'utf8' });
    t.true(said.includes(prometheus.version));
    t.deepEqual(await files.list(join(home, 'cache/apt/suites')), ['trixie']);
  },
);

aptTest('a range older than the machine’s release is asked of older ones first (needs Debian bookworm)', async (t) => {
  const outcome = await installAll(store, ['node_exporter@~1.1']);
  t.regex((outcome.results.get('node_exporter') as Installed).reason ?? '', /^apt: from bullseye, /);
});
