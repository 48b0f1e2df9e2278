import { BootyError } from '../../core/error.ts';
import { limits } from '../../core/limits.ts';
import { bootyHome } from '../../core/paths.ts';
import type { Bumped, Wish } from '../../curate/bump.ts';
import type { Elsewhere } from '../../curate/elsewhere.ts';
import type { Registry } from '../../registry/schema.ts';
import { ask } from '../ask.ts';
import type { Arguments, Context } from '../context.ts';
import { bumpLines } from './bump-lines.ts';

/**
`booty registry bump [NAME[@RANGE]…]`: asks upstreams for newer versions and writes them into a registry file once it was
agreed to. Resolves to the exit code: 1 when somebody could not be asked or contradicts the registry, or the answer was no.
Throws REGISTRY_INVALID, REGISTRY_CHANGED, STORE_UNKNOWN_COMPONENT, STORE_BAD_RANGE.
*/
export const bumpFile = async (context: Context, args: Arguments): Promise<number> => {
  const { ports, print } = context;
  const asJson = args.flag('json');
  const named = args.text('registry');
  const file =
    named === undefined
      ? `${context.packageFolder}/registry.json`
      : named.startsWith('/')
        ? named
        : `${context.folder}/${named}`;
  const { readRegistry } = await import('../../registry/load.ts');
  const registry = await readRegistry(ports.files, file);
  const text = (await ports.files.readText(file)) ?? '';
  const wishes = await wishesOf(registry, args.positionals);

  const stopped = new AbortController();
  const forget = (['SIGINT', 'SIGTERM'] as const).map((name) => context.terminal.on(name, () => stopped.abort()));
  const note = (message: string): void => {
    if (!asJson) print.note(`booty: ${message}`);
  };
  let rows: readonly Bumped[];
  let others: readonly Elsewhere[];
  try {
    [rows, others] = await lookFor(context, registry, wishes, note, stopped.signal);
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    note('stopped; nothing was written');
    return 130;
  } finally {
    for (const each of forget) each();
  }

  const { editsOf, applyEdits } = await import('../../curate/edit.ts');
  const { diffOf } = await import('../../curate/diff.ts');
  const edits = editsOf(
    text,
    rows.flatMap(({ changes }) => changes),
  );
  const after = applyEdits(text, edits);
  const diff = diffOf('registry.json', text, edits);
  const isSmooth = rows.every(({ outcome }) => outcome !== 'failed' && outcome !== 'contradicted');
  if (!asJson) {
    for (const line of bumpLines(rows, others)) await print.line(line);
    for (const hint of new Set(rows.flatMap(({ error }) => error?.hint ?? []))) print.note(`  hint: ${hint}`);
    if (diff !== '') await print.line(`\n${diff.trimEnd()}`);
  }
  const written = diff !== '' && !args.flag('plan') && (await write(context, args, { file, text, after }, rows));
  if (asJson) await print.json({ file, packages: rows.map(documentOf), elsewhere: others, diff, written });
  else if (diff !== '') print.note(written ? `booty: wrote ${file}` : 'booty: nothing was written');
  return isSmooth && (written || diff === '' || args.flag('plan')) ? 0 : 1;
};

const lookFor = async (
  context: Context,
  registry: Registry,
  wishes: readonly Wish[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<[readonly Bumped[], readonly Elsewhere[]]> => {
  const { ports } = context;
  const [{ bump }, { createAsk }, { askElsewhere }, { parseMirror }] = await Promise.all([
    import('../../curate/bump.ts'),
    import('../../curate/ask.ts'),
    import('../../curate/elsewhere.ts'),
    import('../../store/sources/archive/mirror.ts'),
  ]);
  const home = bootyHome(ports.host);
  const mirror = parseMirror(ports.host.environment['BOOTY_MIRROR'] ?? '');
  const world = {
    ...ports,
    mirror,
    onMessage,
    keysFolder: `${home}/keys`,
    ask: createAsk(ports, `${home}/cache/upstream`, mirror, signal),
  };
  return Promise.all([
    bump(world, registry, wishes, signal),
    askElsewhere(ports, home, registry, wishes, onMessage, signal),
  ]);
};

/** `nats-server`, `vmagent@~1.150`: packages by any of their names, each once. None named: all of them. */
const wishesOf = async (registry: Registry, words: readonly string[]): Promise<readonly Wish[]> => {
  if (words.length === 0) return Object.keys(registry.packages).map((name) => ({ package: name, range: null }));
  const { componentNames, findComponent } = await import('../../registry/find.ts');
  const { isRange } = await import('../../registry/range.ts');
  const wishes = new Map<string, Wish>();
  for (const word of words) {
    const [, component = word, range] = /^([^@]+)@(.+)$/.exec(word) ?? [];
    const found = findComponent(registry, component);
    if (!found) {
      const known = componentNames(registry);
      throw new BootyError('STORE_UNKNOWN_COMPONENT', { component, known, isAllRead: true });
    }
    if (range !== undefined && !isRange(range)) throw new BootyError('STORE_BAD_RANGE', { component, range });
    wishes.set(`${found.package}@${range}`, { package: found.package, range: range ?? null });
  }
  return [...wishes.values()];
};

/** Asks, and writes what was agreed to; what would not be a sound registry is never written. */
const write = async (
  context: Context,
  args: Arguments,
  { file, text, after }: { readonly file: string; readonly text: string; readonly after: string },
  rows: readonly Bumped[],
): Promise<boolean> => {
  const { parseRegistry } = await import('../../registry/load.ts');
  parseRegistry(after, `${file} as it would be`);
  if (after.length > limits.documentBytesMax) {
    const problems = [`it would be larger than ${limits.documentBytesMax} bytes`];
    throw new BootyError('REGISTRY_INVALID', { path: file, problems });
  }
  const versions = rows
    .filter(({ changes }) => changes.length > 0)
    .map(({ package: name, newest }) => `${name} ${newest}`);
  if (!(await ask(context, args, `Write ${versions.join(', ')} to ${file}?`))) return false;
  if ((await context.ports.files.readText(file)) !== text) throw new BootyError('REGISTRY_CHANGED', { path: file });
  const mode = (await context.ports.files.stat(file))?.mode ?? 0o644;
  await context.ports.files.writeAtomic(file, after, mode & 0o777);
  return true;
};

/** A row for machines; what the diff says is not said twice. */
const documentOf = ({ changes, error, ...row }: Bumped) => ({ ...row, changes: changes.length, error });
