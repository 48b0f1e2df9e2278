import test from 'ava';
import { type Known, noticesOf, notesUrl } from '../../source/store/knowledge.ts';

const link = 'https://example.org/1';
const entry: Known = {
  notice: 'BUSL-1.1: think twice',
  upstream: [
    { kind: 'licence', since: '1.15.0', sentence: 'BUSL-1.1 instead of MPL-2.0', url: link },
    { kind: 'archived', sentence: 'Nobody keeps it any more', url: link },
    { kind: 'unsigned', sentence: 'No signature', url: link },
  ],
  advisories: [{ id: 'CVE-2026-1234', affected: '>=1.2.0 <1.14.3', sentence: 'anybody may read', url: link }],
  releaseNotes: 'https://example.org/${tag}/notes-${version}',
  updater: {
    kind: 'hashicorp',
    index: link,
    archives: [{ name: 'vault', url: link, format: 'zip', members: {} }],
    signature: { kind: 'none' },
  },
};

test('a weakness of what runs is told first, and whether going on mends it', (t) => {
  t.is(
    noticesOf(entry, '1.14.0', '1.14.3')[0],
    `CVE-2026-1234 is in 1.14.0, mended in 1.14.3: anybody may read (${link})`,
  );
  t.is(
    noticesOf(entry, '1.3.0', '1.14.2')[0],
    `CVE-2026-1234 is in 1.3.0 and in 1.14.2 too: anybody may read (${link})`,
  );
  t.is(
    noticesOf(entry, '1.14.0', null)[0],
    `CVE-2026-1234 is in 1.14.0 and nothing newer is known: anybody may read (${link})`,
  );
  t.is(noticesOf(entry, '1.1.0', '1.2.0')[0], `CVE-2026-1234 is in 1.2.0: anybody may read (${link})`);
  t.false(noticesOf(entry, '1.14.3', '1.14.4').join().includes('CVE'));
});

test('a change at upstream is told on the way across it, and only there', (t) => {
  const change = 'new from 1.15.0 on: BUSL-1.1 instead of MPL-2.0';
  t.true(noticesOf(entry, '1.14.9', '1.15.0').includes(change));
  t.false(noticesOf(entry, '1.15.0', '1.16.0').includes(change));
  t.false(noticesOf(entry, '1.14.3', '1.14.9').includes(change));
  t.false(noticesOf(entry, null, '1.16.0').includes(change));
});

test('the licence and an upstream that stopped are always told; that it signs nothing is not', (t) => {
  t.deepEqual(noticesOf(entry, '1.15.0', null), ['BUSL-1.1: think twice', 'Nobody keeps it any more']);
  t.deepEqual(noticesOf(null, '1.0.0', '2.0.0'), []);
});

test('release notes are those of the version, by the name its upstream gave it', (t) => {
  t.is(notesUrl(entry, '1.15.0'), 'https://example.org/v1.15.0/notes-1.15.0');
  t.is(notesUrl(entry, '2025.907.161309'), 'https://example.org/RELEASE.2025-09-07T16-13-09Z/notes-2025.907.161309');
  t.is(notesUrl(entry, null), null);
  t.is(notesUrl({}, '1.0.0'), null);
});
