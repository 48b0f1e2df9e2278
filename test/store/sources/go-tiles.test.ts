/** Tiles of a checksum database, by the rules of golang.org/x/mod/sumdb/tlog. */
import test from 'ava';
import { lookupText, parseLookup, tilePaths } from '../../../source/store/sources/go/tiles.ts';

test('a small tree is one partial tile', (t) => {
  t.deepEqual(tilePaths(5, [0, 4]), ['tile/8/0/000.p/5']);
  t.deepEqual(tilePaths(0, []), []);
  t.deepEqual(tilePaths(5, [9]), ['tile/8/0/000.p/5'], 'a record the tree does not hold is proved by nothing');
});

test('above a whole tile stands the next level, and the right edge makes the top', (t) => {
  t.deepEqual(tilePaths(256, [3]).toSorted(), ['tile/8/0/000', 'tile/8/1/000.p/1']);
  t.deepEqual(tilePaths(70_000, [3]).toSorted(), [
    'tile/8/0/000',
    'tile/8/0/273.p/112',
    'tile/8/1/000',
    'tile/8/1/001.p/17',
    'tile/8/2/000.p/1',
  ]);
});

test('large numbers stand in folders of a thousand', (t) => {
  const paths = tilePaths(72_282_352, [72_282_000, 1_000_000]);
  t.true(paths.includes('tile/8/0/x282/352.p/240'));
  t.true(paths.includes('tile/8/1/x001/102.p/240'));
  t.true(paths.includes('tile/8/0/x003/906'));
  t.true(paths.includes('tile/8/3/000.p/4'));
});

test('a record is put into another signed tree as it is', (t) => {
  const record = '17\nexample.org v1.0.0 h1:a=\nexample.org v1.0.0/go.mod h1:b=';
  const note = (size: number): string => `go.sum database tree\n${size}\nhash=\n\n— sum.example sig=\n`;
  const older = parseLookup(`${record}\n\n${note(20)}`);
  const newer = parseLookup(`3\nx v1 h1:c=\n\n${note(900)}`);
  t.like(older, { number: 17, size: 20 });
  t.like(newer, { number: 3, size: 900 });
  t.is(older && newer && lookupText(older, newer), `${record}\n\n${note(900)}`);
  t.is(parseLookup('not found'), null);
});
