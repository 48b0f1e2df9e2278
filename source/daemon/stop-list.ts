import { stopLayers } from '../core/graph.ts';
import type { StackPaths } from '../core/paths.ts';
import type { StackWorld } from '../core/world.ts';
import type { Launch, Started, World } from '../ports.ts';

/** No grace in the list is longer: nobody is there to be asked for more. */
const graceMsMax = 10_000;

/**
What a warden needs to stop the services in order without a daemon: one line for each, `LAYER PID START SHIM SHIMSTART
SIGNAL GRACE SCOPE RUN SERVICE LEAF`, where START is the process's start time, GRACE counts tenths of a second, and LEAF
is a cgroup's folder or `-`. Layer 1 stops first.
*/
export const formatStopList = (
  world: StackWorld,
  running: Readonly<Record<string, { readonly launch: Launch; readonly started: Started }>>,
): string => {
  const specs = Object.values(world.services).map((service) => service.spec);
  const layers = stopLayers(specs);
  const lines = Object.entries(running).map(([name, { launch, started }]) => {
    const { identity, group, leaf = '-' } = started;
    const stop = specs.find((spec) => spec.name === name)?.stop ?? { signal: 'SIGTERM', graceMs: graceMsMax };
    const tenths = Math.ceil(Math.min(stop.graceMs, graceMsMax) / 100);
    const signal = stop.signal.replace(/^SIG/, '');
    const who = `${identity.pid} ${identity.startTicks} ${group.pid} ${group.startTicks || '-'}`;
    const how = `${signal} ${Math.max(1, tenths)} ${launch.stopScope}`;
    return `${layers.get(name) ?? 1} ${who} ${how} ${launch.runId} ${name} ${leaf}\n`;
  });
  return lines.join('');
};

/** Keeps the list beside the run file while the stack is tied, and away from there while it is not. */
export const createStopListWriter = (
  { files }: Pick<World, 'files'>,
  paths: Pick<StackPaths, 'stopList'>,
  read: () => string | null,
  onError: (error: unknown) => void,
): { readonly update: () => void; readonly close: () => Promise<void> } => {
  let written: string | null | undefined;
  let wanted: string | null | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;

  const drain = async (): Promise<void> => {
    while (wanted !== written) {
      const text = wanted ?? null;
      if (text === null) await files.remove(paths.stopList);
      else await files.writeAtomic(paths.stopList, text, 0o600);
      written = text;
    }
  };
  const set = (text: string | null): void => {
    // What could not be written, or taken away, is tried again at the next turn.
    if (text === wanted && wanted === written) return;
    wanted = text;
    writing = writing.then(drain).catch(onError);
  };
  return {
    update: () => {
      if (!isClosed) set(read());
    },
    close: async () => {
      isClosed = true;
      set(null);
      await writing;
    },
  };
};
