/** Lines of a log as bytes: whatever a program writes, in whatever pieces it is read. */
import { array, assert, constantFrom, oneof, property, uint8Array } from 'fast-check';
import test from 'ava';
import { limits } from '../../source/core/limits.ts';
import { createLineSplitter, type RawLine } from '../../source/daemon/line-splitter.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const split = (pieces: readonly (string | Uint8Array)[], fromByte = 0): readonly RawLine[] => {
  const splitter = createLineSplitter(fromByte, 'web');
  const lines = pieces.flatMap((piece) => splitter.push(typeof piece === 'string' ? encoder.encode(piece) : piece));
  return [...lines, ...splitter.flush()];
};
const told = (lines: readonly RawLine[]) =>
  lines.map(({ kind, offset, bytes }) => [kind, offset, decoder.decode(bytes)] as const);

test('lines are named by the byte they begin at, the last one also without its end', (t) => {
  t.deepEqual(told(split(['one\ntwo\n\nthr', 'ee'], 10)), [
    ['line', 10, 'one'],
    ['line', 14, 'two'],
    ['line', 18, ''],
    ['line', 19, 'three'],
  ]);
  t.deepEqual(split([]), []);
});

test('a character that is cut between two reads is whole again', (t) => {
  const bytes = encoder.encode('na\u00EFve \u{1F6A2}\n');
  for (let at = 0; at <= bytes.length; at += 1) {
    t.deepEqual(told(split([bytes.subarray(0, at), bytes.subarray(at)])), [['line', 0, 'na\u00EFve \u{1F6A2}']]);
  }
});

test('NUL, control characters and broken UTF-8 stay as they are', (t) => {
  const bytes = Uint8Array.from([0, 27, 91, 109, 7, 0xff, 0xc3, 10]);
  const [line] = split([bytes]);
  t.deepEqual([...(line?.bytes ?? [])], [...bytes.subarray(0, -1)]);
});

test('a line longer than the limit is cut; the next one has its right place', (t) => {
  const long = 'x'.repeat(90_000);
  const lines = split([long.slice(0, 50_000), `${long.slice(50_000)}\nafter\n`]);
  t.is(lines.length, 2);
  t.is(lines[0]?.bytes.length, limits.logLineBytesMax);
  t.deepEqual(told(lines.slice(1)), [['line', 90_001, 'after']]);
});

test("booty's mark stands alone, also behind a line without an end", (t) => {
  const mark = '\u001Ebooty web 1.2.3 generation 2 pid 77';
  t.deepEqual(told(split([`half${mark}\nnext\n`])), [
    ['line', 0, 'half'],
    ['mark', 4, mark],
    ['line', 4 + mark.length + 1, 'next'],
  ]);
});

test('a record separator of the program itself makes no mark', (t) => {
  const sequence = '\u001E{"level":"info"}';
  t.deepEqual(told(split([`${sequence}\n`])), [['line', 0, sequence]]);
  const mark = '\u001Ebooty web - generation 1 pid 7';
  t.deepEqual(told(split([`${sequence}${mark}\n`])), [
    ['line', 0, sequence],
    ['mark', sequence.length, mark],
  ]);
  const other = '\u001Ebooty shop - generation 1 pid 7';
  t.deepEqual(told(split([`${other}\n`])), [['line', 0, other]]);
});

test('how the bytes are cut into reads makes no difference', (t) => {
  const piece = uint8Array({ minLength: 0, maxLength: 20 });
  const text = array(
    oneof(
      piece,
      constantFrom('\n', '\u001E', 'a\nb').map((each) => encoder.encode(each)),
    ),
  );
  t.notThrows(() =>
    assert(
      property(text, (pieces) => {
        const whole = new Uint8Array(pieces.flatMap((each) => [...each]));
        const inPieces = split(pieces).map(({ bytes, ...line }) => ({ ...line, bytes: [...bytes] }));
        const atOnce = split([whole]).map(({ bytes, ...line }) => ({ ...line, bytes: [...bytes] }));
        return JSON.stringify(inPieces) === JSON.stringify(atOnce);
      }),
    ),
  );
});
