/** The house rules that neither compiler nor lint can hold: names, sizes, words, and that every room has its tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { errorTable } from '../source/core/error.ts';

const root = path.resolve(import.meta.dirname, '..');
const code = ['source', 'components', 'test', 'scripts', 'examples', 'bench'];
const written = [...code, 'docs', 'bin', 'schema', 'cli.tsx', 'README.md', 'ARCHITECTURE.md', 'registry.json'];

const filesIn = (place: string): readonly string[] => {
  const whole = path.join(root, place);
  if (!existsSync(whole)) return [];
  if (path.extname(place) !== '') return [place];
  return readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .toSorted();
};

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const isCode = (file: string): boolean => /\.tsx?$/.test(file);
const codeFiles = code.flatMap(filesIn).filter(isCode);
const shipped = ['source', 'components', 'cli.tsx'].flatMap(filesIn).filter(isCode);
const roomsOf = (place: string): readonly string[] =>
  readdirSync(path.join(root, place), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

/** `file:line` of each line that says what it should not. */
const linesWith = (files: readonly string[], pattern: RegExp): readonly string[] =>
  files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 80)}`] : [])),
  );

test('no file is longer than 300 lines', (t) => {
  // Interfaces only, and better read in one place.
  const linesMax = (file: string): number => (file === 'source/ports.ts' ? 400 : 300);
  const long = shipped.map((file) => [file, read(file).split('\n').length - 1] as const);
  t.deepEqual(
    long.filter(([file, lines]) => lines > linesMax(file)),
    [],
  );
});

test('files have kebab-case names that say what is in them', (t) => {
  const badly = codeFiles.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.tsx?$/.test(path.basename(file)));
  t.deepEqual(badly, []);
  const vague = /(^|[/-])(utils?|helpers?|managers?|common|misc|shared|lib)([./-]|$)/;
  t.deepEqual(
    codeFiles.filter((file) => vague.test(file)),
    [],
  );
});

test('exports have names, and nothing is put off', (t) => {
  t.deepEqual(linesWith(codeFiles, /^export default\b|\bexport \{ \S+ as default\b/), []);
  const others = codeFiles.filter((file) => file !== 'test/tidy.test.ts');
  t.deepEqual(linesWith(others, /\b(TODO|FIXME|XXX|HACK)\b/), []);
  t.deepEqual(linesWith(others, /@ts-(ignore|nocheck)/), []);
});

test('the core has no effects', (t) => {
  const core = filesIn('source/core');
  t.deepEqual(
    linesWith(
      core,
      /\bawait\b|\basync\b|\bDate\.now\b|\bnew Date\(\)|Math\.random|\bset(Timeout|Interval|Immediate)\b/,
    ),
    [],
  );
  t.deepEqual(linesWith(core, /from '(?!\.\.?\/)/), []);
  t.deepEqual(linesWith(core, /from '\.\.\/\.\.\//), []);
});

test('only one file writes to stdout, and only the composition root reads argv', (t) => {
  const sources = filesIn('source').filter(isCode);
  const writers = linesWith(sources, /\bconsole\.|process\.stdout/).filter(
    (line) => !line.startsWith('source/edge/terminal.ts'),
  );
  t.deepEqual(writers, []);
  t.deepEqual(linesWith([...sources, ...filesIn('components')], /process\.(argv|exit\b|exitCode)/), []);
});

test('tests wait for a state and never sleep', (t) => {
  // These hold the one wait that asks again and again, or a limit on a child.
  const waits = new Set(['test/until.ts', 'test/terminal/booty.ts', 'test/components/terminal.test.ts']);
  const others = filesIn('test').filter((file) => file.endsWith('.test.ts') && file !== 'test/tidy.test.ts');
  const sleepers = linesWith(
    others.filter((file) => !waits.has(file)),
    /\bsetTimeout(\(| as )/,
  );
  t.deepEqual(sleepers, []);
});

test('every room is in the table of ARCHITECTURE.md, and has its tests', (t) => {
  const table = read('ARCHITECTURE.md');
  for (const room of roomsOf('source')) {
    t.true(table.includes(`| \`source/${room}/\` |`), `source/${room}/ is not in the table`);
    t.true(existsSync(path.join(root, 'test', room)), `test/${room}/ is not there`);
  }
  for (const [, room = ''] of table.matchAll(/^\| `source\/([a-z-]+)\/`/gm)) {
    t.true(existsSync(path.join(root, 'source', room)), `the table names source/${room}/`);
  }
});

test('every error code is thrown somewhere, says what to do, and ends with a code of the contract', (t) => {
  const text = shipped
    .filter((file) => !file.includes('/errors/'))
    .map(read)
    .join('\n');
  const unthrown = Object.keys(errorTable).filter((name) => !text.includes(`'${name}'`));
  t.deepEqual(unthrown, []);
  for (const [name, row] of Object.entries(errorTable)) {
    t.regex(name, /^[A-Z]+(_[A-Z]+)*$/);
    t.true([1, 2, 3, 4, 130].includes(row.exitCode), name);
  }
});

test('no package mirror, no folder of one machine is named', (t) => {
  // Vendors' own addresses and the distributions' public names are what the product talks about.
  const files = written.flatMap(filesIn).filter((file) => file !== 'test/tidy.test.ts' && !file.endsWith('.svg'));
  t.deepEqual(linesWith(files, /(^|[\s'"`(=:])\/(work|root)\/[a-z.]/), []);
  // The registry holds upstream's own addresses, checked with the bytes they lead to.
  const texts = files.filter((file) => file !== 'registry.json');
  const hosts =
    /https?:\/\/[a-z0-9.-]*(mirror|artifactory|nexus|proxy|pypi|npmjs|registry)[a-z0-9.-]*\.(?!example)[a-z]{2,}/;
  t.deepEqual(linesWith(texts, hosts), []);
});
