import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { diffOf } from '../../source/curate/diff.ts';
import { applyEdits, type Change, editsOf } from '../../source/curate/edit.ts';

const version = fc.tuple(fc.nat(3), fc.nat(12), fc.nat(30)).map((numbers) => numbers.join('.'));
const value = fc.jsonValue({ maxDepth: 2 });
const versions = fc.uniqueArray(version, { maxLength: 6 }).map((all) => all.toSorted(byVersion));

const byVersion = (one: string, other: string): number => {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  return (a?.[0] ?? 0) - (b?.[0] ?? 0) || (a?.[1] ?? 0) - (b?.[1] ?? 0) || (a?.[2] ?? 0) - (b?.[2] ?? 0);
};

const documents = fc.record({ a: versions, b: versions, filling: value }).map(({ a, b, filling }) => ({
  note: 'braces } and "quotes" \\ in texts',
  packages: {
    a: { title: 'A', versions: Object.fromEntries(a.map((name) => [name, filling])), after: [1, 2] },
    b: { versions: Object.fromEntries(b.map((name) => [name, { filling }])) },
  },
}));

test('an edited document is the changed one, in the form it had, versions in order', (t) => {
  fc.assert(
    fc.property(documents, version, value, fc.constantFrom(2, 4, '\t'), (document, name, put, indent) => {
      const text = `${JSON.stringify(document, null, indent)}\n`;
      const changes: Change[] = ['a', 'b'].map((one) => ({ path: ['packages', one, 'versions', name], value: put }));
      const after = applyEdits(text, editsOf(text, changes));
      const wanted = JSON.parse(JSON.stringify(document)) as typeof document;
      for (const entry of Object.values(wanted.packages)) {
        const all = Object.entries({ ...entry.versions, [name]: put }) as [string, never][];
        entry.versions = Object.fromEntries(all.toSorted(([one], [other]) => byVersion(one, other)));
      }
      t.is(after, `${JSON.stringify(wanted, null, indent)}\n`);
    }),
  );
});

test('no change is no edit and no diff', (t) => {
  const text = '{\n  "a": 1\n}\n';
  t.is(applyEdits(text, editsOf(text, [])), text);
  t.is(diffOf('x', text, editsOf(text, [{ path: ['a'], value: 1 }])), '');
});

test('the diff is one that git takes, and does what the edits do', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-diff-'));
  const file = path.join(folder, 'registry.json');
  try {
    fc.assert(
      fc.property(documents, version, value, (document, name, put) => {
        const text = `${JSON.stringify(document, null, 2)}\n`;
        const edits = editsOf(text, [
          { path: ['packages', 'a', 'versions', name], value: put },
          { path: ['packages', 'b', 'versions', name], value: put },
          { path: ['note'], value: 'another' },
        ]);
        const diff = diffOf('registry.json', text, edits);
        writeFileSync(file, text);
        writeFileSync(path.join(folder, 'change.diff'), diff);
        execFileSync('git', ['apply', '--unsafe-paths', 'change.diff'], { cwd: folder, stdio: 'pipe', env: {} });
        t.is(readFileSync(file, 'utf8'), applyEdits(text, edits));
      }),
      { numRuns: 40 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
