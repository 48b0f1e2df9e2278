import { join } from 'node:path';
import type { World } from '../../../ports.ts';
import { inRange } from '../../../registry/range.ts';
import { keyOf, type MirrorDocument } from '../../mirror/document.ts';
import type { Candidate, Offer, Wanted } from '../source.ts';
import { chooseTargets, type Configured, releaseBase } from './choose-targets.ts';
import { bringUpToDate } from './lists.ts';
import { debianArchitecture, readCodename, readTargets } from './machine.ts';
import { readCandidates } from './offer.ts';
import { sourcesFile } from './sources-file.ts';
import type { Tree } from './tree.ts';

/**
Which versions of Debian's archive a mirror holds. Its lists are read by a private tree that knows no other source, and
believed by Debian's own signature. They name all of a release, so only what the mirror says it holds is offered. What the
machine's own release has goes first; a version of another one is offered where none of those fits, and says so. How old
the lists are does not matter: a mirror is what it was when it was made. The tree's lock must be held.
*/
export const offerMirrored = async (
  world: Pick<World, 'files' | 'host' | 'clock'>,
  tree: Tree,
  mirror: { readonly base: string; readonly document: MirrorDocument },
  from: WeakMap<Candidate, Tree>,
  wanted: readonly Wanted[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Offer> => {
  const packaged = wanted.filter(({ entry }) => entry.apt !== undefined);
  const { targets, codename } = await targetsOf(world, tree, mirror, signal);
  if (packaged.length === 0 || targets.length === 0) return { candidates: new Map(), trouble: null };
  const text = sourcesFile(targets);
  if ((await world.files.readText(tree.paths.sources)) !== text) {
    await world.files.writeAtomic(tree.paths.sources, text, 0o600);
  }
  const { trouble } = await bringUpToDate(world, tree, targets, false, onMessage, signal);
  const held = new Set(mirror.document.packages.map(keyOf));
  const found = await readCandidates(tree, targets, packaged, null, signal);
  const candidates = new Map<string, readonly Candidate[]>();
  for (const [name, rows] of found) {
    const own = rows.filter(({ sourceVersion }) => held.has(keyOf({ package: name, source: 'apt', sourceVersion })));
    const isOwn = ({ suite }: Candidate): boolean => suite !== null && releaseBase(suite) === codename;
    const wants = packaged.filter((want) => want.package === name);
    const isEnough = wants.every(
      ({ range, wide }) => !wide && own.some((one) => isOwn(one) && inRange(one.version, range)),
    );
    const offered = own.flatMap((one): Candidate[] => {
      if (isOwn(one)) return [one];
      return isEnough ? [] : [{ ...one, note: `from ${one.suite}, as the mirror has it from there` }];
    });
    for (const one of offered) from.set(one, tree);
    candidates.set(name, offered);
  }
  const isMissing = packaged.some(
    ({ package: name, range }) => !candidates.get(name)?.some(({ version }) => inRange(version, range)),
  );
  return { candidates, trouble: isMissing ? trouble : null };
};

/** The suites of a mirror as apt's sources, signed by whom the machine's own archive is signed by. */
const targetsOf = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  tree: Tree,
  { base, document }: { readonly base: string; readonly document: MirrorDocument },
  signal: AbortSignal,
): Promise<{ readonly targets: readonly Configured[]; readonly codename: string | null }> => {
  const codename = await readCodename(files);
  const { asked } = chooseTargets(await readTargets({ files, host }, tree, signal), codename);
  const configured = asked.flatMap(({ options }) => options['Signed-By'] ?? [])[0];
  // `copy` and not `file`: apt leaves files of a `file` source where they are, and booty expects its own copy.
  const root = base.replace(/^file:\/\//, 'copy:');
  const targets: Configured[] = [];
  for (const { path, release, component, architecture, origin, codename: named } of document.apt) {
    if (architecture !== debianArchitecture(host)) continue;
    const keyring = join('/usr/share/keyrings', `${(origin ?? 'debian').toLowerCase()}-archive-keyring.gpg`);
    const signedBy = configured ?? ((await files.stat(keyring)) === null ? null : keyring);
    targets.push({
      uri: `${root}/${path}`,
      release,
      component,
      architecture,
      entry: '',
      origin,
      codename: named,
      options: {
        ...(signedBy !== null && { 'Signed-By': signedBy }),
        'By-Hash': 'no',
        'Check-Valid-Until': 'no',
        // Of no meaning to apt: a mirror that was added to is asked again.
        'X-Booty-Updated': document.updatedAt,
      },
    });
  }
  return { targets, codename };
};
