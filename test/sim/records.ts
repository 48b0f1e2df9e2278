/**
Holds the run file to what runs while a daemon lives and its disk takes what is written: it names those that run, and
nobody else. It may be late, as writes are and as ends are told; never for long.
*/
import { type RunFile, runFileCopy } from '../../source/daemon/run-file.ts';
import type { Launch, Started } from '../../source/ports.ts';
import type { DiskNode } from './machine/disk.ts';
import type { Machine } from './machine/machine.ts';

export type Records = {
  /** The run file knows of this start that it has ended. */
  readonly knowsEnd: (launch: Launch) => boolean;
  /** What is wrong for longer than it may be; null: nothing is. To be called after each step. */
  readonly look: () => string | null;
  /** A daemon has come or gone: what it wrote late is nobody's fault. */
  readonly restartWatch: () => void;
  /** Nobody had this time: what is wrong now counts from its end. */
  readonly forgiveTime: (lengthMs: number) => void;
};

/** An end is told, and written down, within this time. */
const recordMsMax = 15_000;
const lookIntervalMs = 500;

const textOf = (node: DiskNode | undefined): string => new TextDecoder().decode(node?.bytes);

const keyOf = ({ identity }: Started): string => `${identity.bootId} ${identity.startTicks}`;

/** A service and what tells its very process from all others. */
type Named = readonly (readonly [string, string])[];

export const createRecords = (of: {
  readonly machine: () => Machine;
  readonly elapsedMs: () => number;
  /** A daemon lives. */
  readonly isKept: () => boolean;
}): Records => {
  const { machine, elapsedMs } = of;
  const wrong = new Map<string, number>();
  let lookedAtMs = 0;
  let bytes: Uint8Array | undefined;
  let named: Named | null = null;

  /** Who is named, with the name of its very process; read anew only when it was written anew. */
  const read = (): Named | null => {
    const { disk, paths } = machine();
    const now = disk.nodes.get(paths.runFile)?.bytes;
    if (now === bytes) return named;
    bytes = now;
    named = namedIn(new TextDecoder().decode(now));
    return named;
  };
  const claims = (): readonly string[] => {
    const { disk, paths, bodies } = machine();
    if (!of.isKept() || disk.isFull || !disk.nodes.has(paths.runFile)) return [];
    const real = bodies.all
      .filter((body) => body.alive)
      .map(({ launch, started }) => [launch.service, keyOf(started)] as const);
    const has = (list: Named, [, key]: readonly [string, string]): boolean => list.some(([, other]) => other === key);
    // Two files, of which one at most is damaged: they are the same but for moments.
    const isCopied = textOf(disk.nodes.get(runFileCopy(paths.runFile))) === textOf(disk.nodes.get(paths.runFile));
    // Of those of a boot before everybody knows that they have ended.
    const known = read()?.filter(([, key]) => key.startsWith(`${bodies.bootId()} `));
    if (known === undefined) return [];
    return [
      ...(isCopied ? [] : ['the copy of the run file is another one']),
      ...known.filter((each) => !has(real, each)).map(([name]) => `the run file names ${name}, which has ended`),
      ...real.filter((each) => !has(known, each)).map(([name]) => `the run file does not name ${name}, which runs`),
    ];
  };

  return {
    knowsEnd: ({ service, generation }) => {
      const { disk, paths } = machine();
      try {
        const { world } = JSON.parse(new TextDecoder().decode(disk.nodes.get(paths.runFile)?.bytes)) as RunFile;
        const known = world.services[service];
        return known?.generation === generation && known.identity === null && known.lastExit !== null;
      } catch {
        return false;
      }
    },
    look: () => {
      // What may be wrong for long need not be looked at after each step.
      if (elapsedMs() < lookedAtMs + lookIntervalMs) return null;
      lookedAtMs = elapsedMs();
      const found = claims();
      for (const claim of wrong.keys()) if (!found.includes(claim)) wrong.delete(claim);
      for (const claim of found) if (!wrong.has(claim)) wrong.set(claim, elapsedMs());
      for (const [claim, sinceMs] of wrong)
        if (elapsedMs() - sinceMs > recordMsMax) return `${claim} for ${elapsedMs() - sinceMs} ms`;
      return null;
    },
    restartWatch: () => wrong.clear(),
    forgiveTime: (lengthMs) => {
      for (const [claim, sinceMs] of wrong) wrong.set(claim, Math.max(sinceMs, elapsedMs() + lengthMs));
    },
  };
};

/** Null of what a power cut has torn: without a definition a daemon cannot write it anew. */
const namedIn = (text: string): Named | null => {
  try {
    const { running } = JSON.parse(text) as Pick<RunFile, 'running'>;
    return Object.entries(running).map(([name, { started }]) => [name, keyOf(started)]);
  } catch {
    return null;
  }
};
