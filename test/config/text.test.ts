/** The small readers of text: durations, commands, variables, references, signals, ranges, names, env files. */
import test from 'ava';
import * as fc from 'fast-check';
import { parseDotenv } from '../../source/config/dotenv.ts';
import { parseDuration } from '../../source/config/duration.ts';
import { interpolate } from '../../source/config/interpolate.ts';
import { resolvePath } from '../../source/config/path.ts';
import { escapeReferences, parseReferences, substituteReferences } from '../../source/config/reference.ts';
import { joinCommand, splitCommand } from '../../source/config/split-command.ts';
import { parseStopSignal } from '../../source/config/stop-signal.ts';
import { nearest } from '../../source/config/suggest.ts';
import { parseVersionRange } from '../../source/config/version-range.ts';
import { BootyError } from '../../source/core/error.ts';

/** The value, or the message of the fault. */
const outcome = <Value>(
  result: { ok: true; value: Value } | { ok: false; fault: { message: string } },
): Value | string => (result.ok ? result.value : result.fault.message);

test('durations', (t) => {
  const table = {
    '0': 0,
    '10s': 10_000,
    '1m30s': 90_000,
    '500ms': 500,
    '1.5s': 1_500,
    '1.1s': 1_100,
    '24h': 86_400_000,
    '1us': 1,
  };
  for (const [written, expected] of Object.entries(table)) t.is(outcome(parseDuration(written)), expected);
  for (const written of ['', '5', '-1s', '1 s', '1d', 's', '1s2', '1e3s', '99999h'])
    t.false(parseDuration(written).ok, written);
});

test('commands are split as a shell splits them', (t) => {
  const table: Readonly<Record<string, readonly string[]>> = {
    './a  b\tc': ['./a', 'b', 'c'],
    [`a 'b c' "d e"`]: ['a', 'b c', 'd e'],
    [`a"b"'c'd`]: ['abcd'],
    [`a '' ""`]: ['a', '', ''],
    [String.raw`a\ b \"c "d\"e" "f\g" 'h\i'`]: ['a b', '"c', 'd"e', String.raw`f\g`, String.raw`h\i`],
    'a | b > c; d & $e *.f': ['a', '|', 'b', '>', 'c;', 'd', '&', '$e', '*.f'],
    'a --port=${{ ports.http }} b': ['a', '--port=${{ ports.http }}', 'b'],
    'a \\\n b': ['a', 'b'],
    '': [],
    '   ': [],
  };
  for (const [line, words] of Object.entries(table)) t.deepEqual(outcome(splitCommand(line)), words, line);
  for (const line of [`a "b`, `a 'b`, 'a\\', `'"`]) t.false(splitCommand(line).ok, line);
});

test('joinCommand and splitCommand are each other’s inverse', (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
      t.deepEqual(outcome(splitCommand(joinCommand(words))), words);
    }),
  );
  t.pass();
});

test('variables by the rules of Compose', (t) => {
  const values: Readonly<Record<string, string>> = { A: 'a', EMPTY: '', TRICK: '$A ${A}' };
  const table: Readonly<Record<string, string>> = {
    '$A-${A}': 'a-a',
    $Ab: '',
    '${NOPE}': '',
    '${NOPE:-x}': 'x',
    '${EMPTY:-x}': 'x',
    '${EMPTY-x}': '',
    '${A:-x}': 'a',
    '${NOPE-x}': 'x',
    '${A:+x}': 'x',
    '${EMPTY:+x}': '',
    '${EMPTY+x}': 'x',
    '${NOPE+x}': '',
    '${A:?m}': 'a',
    '${EMPTY?m}': '',
    '${NOPE:-${NO:-${A}}}!': 'a!',
    '${NOPE:-a b-c}': 'a b-c',
    '$$A $$$A $$$$A': '$A $a $$A',
    $TRICK: '$A ${A}',
    '${NOPE:-$$5}': '$5',
    '${NOPE:-${{ ports.http }}}': '${{ ports.http }}',
  };
  for (const [text, expected] of Object.entries(table)) {
    const result = interpolate(text, (name) => values[name]);
    t.is(result.ok ? result.value.plain : result.fault.message, expected, text);
  }
  for (const text of ['$', 'a $ b', '${', '${}', '${A', '${A!b}', '${-x}', '$1', '${NOPE?}', '${EMPTY:?}', '${{ a']) {
    t.false(interpolate(text, (name) => values[name]).ok, text);
  }
});

test('variables that became empty are named once each', (t) => {
  const result = interpolate('$A ${B} ${A} ${C:-}', () => undefined);
  t.deepEqual(result.ok && result.value.unset, ['A', 'B']);
});

test('doubling every dollar keeps any text as it is', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ' ', 'é') }), (text) => {
      const result = interpolate(text.replaceAll('$', '$$$$'), () => 'no');
      t.is(result.ok ? result.value.plain : result.fault.message, text);
      t.is(result.ok ? substituteReferences(result.value.text, () => 'no') : '', text);
    }),
  );
  t.pass();
});

test('no value of a variable can become a reference, whatever stands around it', (t) => {
  const piece = fc.string({ unit: fc.constantFrom('$', '{', '}', '{{', '${{', '}}', 'a'), maxLength: 6 });
  fc.assert(
    fc.property(piece, fc.constantFrom('', '{{', '$$', '${{ ports.http }}', '}}'), (value, after) => {
      const result = interpolate(`$$\${A}${after}`, () => value);
      const literal = after === '$$' ? '$' : after.replace('${{ ports.http }}', '8080');
      t.is(result.ok ? substituteReferences(result.value.text, () => '8080') : '', `$${value}${literal}`);
    }),
  );
  t.pass();
});

test('references of every form', (t) => {
  const table = {
    'ports.http': { kind: 'port', port: 'http' },
    'dirs.data': { kind: 'dir', dir: 'data' },
    'services.nats.url': { kind: 'url', service: 'nats' },
    'services.nats.host': { kind: 'host', service: 'nats' },
    'services.nats.ports.client': { kind: 'servicePort', service: 'nats', port: 'client' },
    'services.nats.nats': { kind: 'offer', service: 'nats', offer: 'nats', part: null },
    'services.vm.remote-write.url': { kind: 'offer', service: 'vm', offer: 'remote-write', part: 'url' },
  };
  for (const [written, reference] of Object.entries(table)) {
    const source = `\${{ ${written} }}`;
    const expected = [
      { kind: 'text', text: 'a' },
      { kind: 'reference', reference, source },
    ];
    t.deepEqual(outcome(parseReferences(`a${source}`)), expected as never);
  }
  for (const written of [
    '',
    'x',
    'ports',
    'ports.a.b',
    'dirs.tmp',
    'services.a',
    'services.a.b.c.d',
    'a b',
    'ports.',
    '.ports.a',
  ]) {
    t.false(parseReferences(`\${{ ${written} }}`).ok, written);
  }
});

test('dollars before braces: two stand for one', (t) => {
  const value = (text: string) => substituteReferences(text, ({ kind }) => `<${kind}>`);
  t.is(value('${{ ports.a }}'), '<port>');
  t.is(value('$${{ ports.a }}'), '${{ ports.a }}');
  t.is(value('$$${{ ports.a }}'), '$<port>');
  t.is(value('$$ $a {{ b }}'), '$$ $a {{ b }}');
  const error = t.throws(() => value('${{ nope }}'), { instanceOf: BootyError });
  t.is(error.code, 'CONFIG_REFERENCE_BAD');
});

test('escapeReferences keeps any text from being read', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ' ') }), (text) => {
      t.is(
        substituteReferences(escapeReferences(text), () => 'no'),
        text,
      );
    }),
  );
  t.pass();
});

test('signals', (t) => {
  for (const written of ['SIGTERM', 'TERM', 'term', 'SigTerm', 15, '15'])
    t.is(outcome(parseStopSignal(written)), 'SIGTERM');
  t.is(outcome(parseStopSignal(10)), 'SIGUSR1');
  t.is(outcome(parseStopSignal(28)), 'SIGWINCH');
  for (const written of ['', 'SIG', 0, 32, -1, 'STOP', 'SIGCONT', 'TERMINATE']) t.false(parseStopSignal(written).ok);
});

test('ranges of versions', (t) => {
  t.is(outcome(parseVersionRange('2')), '2.x');
  t.is(outcome(parseVersionRange('v2')), '2.x');
  t.is(outcome(parseVersionRange('latest')), '*');
  for (const range of [
    '2.10',
    '2.10.27',
    '^2.10',
    '~1.2',
    '>=1.2 <2',
    '1.x || 2.x',
    '1.2 - 1.4',
    '1.0.0-rc.1',
    '>= 1.2',
  ]) {
    t.is(outcome(parseVersionRange(range)), range);
  }
  for (const range of ['', 'newest', '1.2.3.4', '^', '>=', '1 2 - 3', '|| 1', 'a.b'])
    t.false(parseVersionRange(range).ok, range);
});

test('the near word is found, and nothing far', (t) => {
  t.is(nearest('comand', ['component', 'command']), 'command');
  t.is(nearest('dbe', ['db', 'web']), 'db');
  t.is(nearest('ennv', ['x', 'flavour']), null);
});

test('paths are tidied', (t) => {
  t.is(resolvePath('/a/b', '../c/./d//e'), '/a/c/d/e');
  t.is(resolvePath('/a', '/b/'), '/b');
  t.is(resolvePath('/', '../..'), '/');
});

test('env files by the rules of Compose', (t) => {
  const text = [
    '# a comment',
    'PLAIN=a b # behind',
    'export EXPORTED = x',
    'HASH=a#b',
    "SINGLE='$PLAIN \\n'",
    'DOUBLE="$PLAIN \\"q\\" \\$5\\n"',
    'LINES="one',
    'two" # behind',
    'YAML: like',
    'EMPTY=',
    'OWN',
    'ABSENT',
    'LATER=${LINES}',
    'PLAIN=last\r',
  ].join('\n');
  const { values, problems } = parseDotenv('.env', text, (name) => ({ OWN: 'mine' })[name]);
  t.deepEqual(problems, []);
  t.deepEqual(Object.fromEntries([...values].map(([name, value]) => [name, value.plain])), {
    PLAIN: 'last',
    EXPORTED: 'x',
    HASH: 'a#b',
    SINGLE: '$PLAIN \\n',
    DOUBLE: 'a b "q" $5\n',
    LINES: 'one\ntwo',
    YAML: 'like',
    EMPTY: '',
    OWN: 'mine',
    LATER: 'one\ntwo',
  });
  t.deepEqual(values.get('YAML')?.position, { file: '.env', line: 9, column: 1 });
});
