import test from 'ava';
import * as fc from 'fast-check';
import { parseReceipt, type Receipt } from '../../source/store/receipt.ts';

const receipt: Receipt = {
  schemaVersion: 1,
  component: 'caddy',
  version: '2.6.2',
  sourceVersion: '2.6.2-5',
  source: 'apt',
  suite: 'bookworm',
  url: 'https://example.org/caddy.deb',
  sha256: 'a'.repeat(64),
  sizeBytes: 3,
  executables: { caddy: { path: 'bin/caddy', sha256: 'b'.repeat(64) } },
  licence: 'Apache-2.0',
  installedAt: '2026-11-22T00:00:00.000Z',
};

test('what was written is read', (t) => {
  t.deepEqual(parseReceipt(JSON.stringify(receipt)), receipt);
});

test('a receipt of another form, or one that points out of its folder, is none', (t) => {
  for (const change of [
    { schemaVersion: 2 },
    { schemaVersion: 3 },
    { version: 1 },
    { executables: null },
    { executables: { caddy: { path: '/bin/sh', sha256: '' } } },
    { executables: { caddy: { path: '../../sh', sha256: '' } } },
  ]) {
    t.is(parseReceipt(JSON.stringify({ ...receipt, ...change })), null);
  }
});

test('no text makes it throw', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      t.is(parseReceipt(text), null);
    }),
  );
});
