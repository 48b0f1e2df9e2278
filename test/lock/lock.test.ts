import test from 'ava';
import * as fc from 'fast-check';
import { BootyError } from '../../source/core/error.ts';
import { emptyLock, type LockDocument, lockText, parseLock } from '../../source/lock/document.ts';
import { bytesFor, entryOf } from '../../source/lock/entry.ts';
import { lockPath } from '../../source/lock/lock-file.ts';
import { frozenReason, staleReason } from '../../source/lock/stale.ts';
import { shippedRegistry } from '../store/world.ts';

const registry = await shippedRegistry();
const a = 'a'.repeat(64);
const b = 'b'.repeat(64);

const installed = {
  component: 'nats-server',
  version: '2.10.27',
  source: 'apt',
  sourceVersion: '2.10.27-1+b2',
  suite: 'trixie',
  downloads: [{ url: 'http://mirror.example/pool/n/nats-server_2.10.27-1%2bb2_amd64.deb', sha256: a, sizeBytes: 7 }],
};

const lockOf = (services: LockDocument['services']): LockDocument => ({ lockVersion: 1, services });
const problemOf = (text: string): string => {
  const error = t0(() => parseLock(text, '/shop/booty.lock.json'));
  return error instanceof BootyError ? error.message : String(error);
};
const t0 = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

test('a lock lies beside its file, or in the stack’s own folder', (t) => {
  t.is(lockPath('/shop/booty.yaml', '/home/stacks/shop'), '/shop/booty.lock.json');
  t.is(lockPath('/shop/other.yml', '/home/stacks/shop'), '/shop/other.lock.json');
  t.is(lockPath(null, '/home/stacks/observe'), '/home/stacks/observe/booty.lock.json');
});

test('what a distribution gave is locked for this platform, without the name of a mirror', (t) => {
  const entry = entryOf('nats-server', installed, 'linux-amd64', registry.packages['nats-server'] ?? null, null);
  t.deepEqual(entry.sources, {
    apt: {
      'linux-amd64': {
        sourceVersion: '2.10.27-1+b2',
        suite: 'trixie',
        files: [{ url: 'nats-server_2.10.27-1+b2_amd64.deb', sha256: a, sizeBytes: 7 }],
      },
    },
  });
  t.deepEqual(bytesFor(entry, 'linux-amd64'), { apt: { sourceVersion: '2.10.27-1+b2', sha256: [a] } });
  t.is(bytesFor(entry, 'darwin-arm64'), null);
});

test('archives are locked for every platform the registry has, whatever was installed here', (t) => {
  const entry = entryOf(
    'nats-server',
    { ...installed, version: '2.14.5' },
    'linux-amd64',
    registry.packages['nats-server'] ?? null,
    null,
  );
  const platforms = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64'];
  t.deepEqual(Object.keys(entry.sources['archive'] ?? {}).toSorted(), platforms.toSorted());
  t.truthy(bytesFor(entry, 'linux-amd64')?.['apt']);
  t.truthy(bytesFor(entry, 'darwin-arm64')?.['archive']);
});

test('an archive that came through a mirror is locked by the registry’s URL', (t) => {
  const entry = registry.packages['nats-server'];
  const download = entry?.versions['2.14.5']?.archives[0]?.platforms['linux-amd64'];
  if (!entry || !download?.sha256) return t.fail('the registry has no such archive any more');
  const downloads = [{ url: 'file:///media/usb/github.com/nats.tar.gz', sha256: download.sha256, sizeBytes: 9 }];
  const own = { ...installed, version: '2.14.5', source: 'archive', sourceVersion: '2.14.5', suite: null, downloads };
  const locked = entryOf('nats-server', own, 'linux-amd64', entry, null);
  t.deepEqual(locked.sources['archive']?.['linux-amd64']?.files, [
    { url: download.url, sha256: download.sha256, sizeBytes: 9 },
  ]);
});

test('another machine’s bytes of the same version stay, those of another version go', (t) => {
  const first = entryOf('nats-server', installed, 'linux-amd64', null, null);
  const second = entryOf(
    'nats-server',
    { ...installed, downloads: [{ url: 'x.deb', sha256: b, sizeBytes: 8 }] },
    'linux-arm64',
    null,
    first,
  );
  t.deepEqual(Object.keys(second.sources['apt'] ?? {}), ['linux-amd64', 'linux-arm64']);
  const third = entryOf('nats-server', { ...installed, version: '2.15.1' }, 'linux-amd64', null, second);
  t.deepEqual(Object.keys(third.sources['apt'] ?? {}), ['linux-amd64']);
});

test('an entry holds until component or range say otherwise; frozen asks for this platform too', (t) => {
  const lock = lockOf({ nats: entryOf('nats-server', installed, 'linux-amd64', null, null) });
  const wish = { service: 'nats', component: 'nats-server', package: 'nats-server', range: '^2.9' };
  t.is(staleReason(lock, wish), null);
  t.is(staleReason(lock, { ...wish, range: '^2.11' }), 'nats is locked to 2.10.27, outside ^2.11');
  t.is(
    staleReason(lock, { ...wish, package: 'caddy', component: 'caddy' }),
    'nats is locked to nats-server, not caddy',
  );
  t.is(staleReason(emptyLock, wish), 'nats is not locked');
  t.is(frozenReason(lock, wish, 'linux-amd64'), null);
  t.is(frozenReason(lock, wish, 'linux-arm64'), 'nats 2.10.27 is locked for linux-amd64, not for linux-arm64');
});

test('what cannot be used says where and what to do', (t) => {
  t.regex(problemOf('{"lockVersion": 1, "services": '), /^\/shop\/booty\.lock\.json cannot be used: it is no JSON: /);
  t.regex(problemOf('{\n<<<<<<< ours\n"lockVersion": 1}'), /line 2 holds a merge conflict/);
  t.regex(problemOf('{"lockVersion": 2, "services": []}'), /a newer booty wrote/);
  t.regex(problemOf('{"lockVersion": 1, "services": {"nats": {}}}'), /services\.nats\.component: /);
  const short = lockText(lockOf({ nats: entryOf('nats-server', installed, 'linux-amd64', null, null) }));
  t.regex(problemOf(short.replace(a, 'abc')), /files\.0\.sha256: must be 64 lower-case hexadecimal digits/);
  t.regex(problemOf('null'), /cannot be used/);
});

test('any text is a lock or an error with a code, and what is written reads the same', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const found = t0(() => parseLock(text, 'x'));
      t.true(!(found instanceof Error) || (found instanceof BootyError && found.code === 'LOCK_UNREADABLE'));
    }),
  );
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  fc.assert(
    fc.property(fc.array(name), fc.constantFrom('1.2.3', '2025.907.161309'), (names, version) => {
      const entries = names.map((each) => [each, entryOf(each, { ...installed, version }, 'linux-amd64', null, null)]);
      const lock = lockOf(Object.fromEntries(entries) as LockDocument['services']);
      t.deepEqual(parseLock(lockText(lock), 'x'), lock);
      t.is(lockText(parseLock(lockText(lock), 'x')), lockText(lock));
    }),
  );
});
