import { reasonOf } from '../../core/error.ts';
import type { JournalSubject } from '../../core/upgrade/journal.ts';
import type { World } from '../../ports.ts';
import type { Assembled } from '../../stack/assemble.ts';
import type { Supervisor } from '../supervisor.ts';
import { type Snapshots, sizeText } from './snapshots.ts';

type OwnSnapshot = NonNullable<ReturnType<Assembled['ownSnapshot']>>;

/** Large data take their time: the server flushes what it holds in memory first. */
const createMsMax = 60_000;
const removeMsMax = 10_000;
/** Says which snapshot the server still holds, for whoever comes after a daemon that died while it was copied. */
const nameFile = 'own-snapshot.json';

/** Copies of what servers say themselves does not change any more, made while they run: they stand still the shorter. */
export type OwnSnapshots = {
  /**
  Asks the server for a snapshot, copies it as a start for `Snapshots.take`, and lets go of it. Where that does not work it
  says so and nothing is lost: all is copied while the server stands still. Throws only what the signal was ended with.
  */
  readonly copy: (subject: JournalSubject, signal: AbortSignal) => Promise<string>;
  /** Removes what is left of a copy that nothing came after. */
  readonly forget: (subject: JournalSubject) => Promise<void>;
};

const atRest = 'its data is copied while it stands still';

export const createOwnSnapshots = (
  { files, http }: Pick<World, 'files' | 'http'>,
  of: {
    readonly supervisor: Pick<Supervisor, 'held'>;
    readonly snapshots: Snapshots;
  },
): OwnSnapshots => {
  const { supervisor, snapshots } = of;

  const ownOf = ({ service, from }: JournalSubject): OwnSnapshot | null =>
    supervisor.held()?.assembled.ownSnapshot(service, from) ?? null;
  const nameOf = async (folder: string): Promise<string | null> => {
    const text = await files.readText(`${folder}/${nameFile}`);
    return text === null ? null : (JSON.parse(text) as { readonly name: string }).name;
  };
  const remove = async (own: OwnSnapshot, name: string): Promise<boolean> => {
    const answer = await http.get(own.removeUrl(name), removeMsMax).catch(() => null);
    return answer !== null && answer.status < 400;
  };
  const copyFrom = async (
    own: OwnSnapshot,
    { service, snapshot }: JournalSubject,
    signal: AbortSignal,
  ): Promise<string> => {
    const folder = snapshot ?? '';
    const { status, body } = await http.get(own.createUrl, createMsMax);
    const name = status < 400 ? own.nameIn(body) : null;
    if (name === null) throw new Error(`it answers ${status} ${body.trim().slice(0, 200)}`.trim());
    await files.makeFolder(folder, 0o700);
    await files.writeAtomic(`${folder}/${nameFile}`, JSON.stringify({ name }), 0o600);
    const copied = await snapshots
      .takeAhead(service, own.folderOf(name), folder, signal)
      .catch((error: unknown) => error);
    const isGone = await remove(own, name);
    if (isGone) await files.remove(`${folder}/${nameFile}`);
    if (typeof copied !== 'number') throw copied;
    return `${sizeText(copied)}${isGone ? '' : `; the server still holds its snapshot ${name}`}`;
  };

  return {
    copy: async (subject, signal) => {
      try {
        const own = ownOf(subject);
        if (own === null) return `it cannot be asked: ${atRest}`;
        return await copyFrom(own, subject, signal);
      } catch (error) {
        signal.throwIfAborted();
        await snapshots.dropUnfinished(subject.snapshot ?? '');
        const why = supervisor.held()?.mask(reasonOf(error)) ?? 'nothing is wired yet';
        return `its own snapshot failed (${why}): ${atRest}`;
      }
    },
    forget: async (subject) => {
      if (subject.snapshot === null || subject.copiesAhead !== true) return;
      const [name, own] = [await nameOf(subject.snapshot).catch(() => null), ownOf(subject)];
      if (name !== null && own !== null) await remove(own, name);
      await snapshots.dropUnfinished(subject.snapshot);
    },
  };
};
