import type { UpgradeDefer } from '../../api/protocol.ts';
import type { UpgradeRow } from '../../api/upgrade-protocol.ts';
import type { Clock, Files } from '../../ports.ts';

const laterMs = 86_400_000;

type Deferred = NonNullable<UpgradeRow['deferred']>;

/** Prompts that were put off: for a day, or for one version; kept over restarts. */
export type Deferrals = {
  /** What is in force for the version that would be offered. */
  readonly of: (service: string, offered: string | null) => Deferred | null;
  readonly set: (service: string, defer: UpgradeDefer, offered: string | null) => Promise<void>;
  readonly restore: () => Promise<void>;
};

export const createDeferrals = (
  { files, clock }: { readonly files: Pick<Files, 'readText' | 'writeAtomic'>; readonly clock: Pick<Clock, 'nowMs'> },
  file: string,
): Deferrals => {
  let all: Readonly<Record<string, Deferred>> = {};
  return {
    of: (service, offered) => {
      const found = Object.hasOwn(all, service) ? all[service] : undefined;
      if (found === undefined) return null;
      if (found.kind === 'later') return clock.nowMs() < found.untilMs ? found : null;
      return found.version === offered ? found : null;
    },
    set: async (service, defer, offered) => {
      const { [service]: _, ...others } = all;
      const version = defer.version ?? offered;
      const next: Deferred | null =
        defer.kind === 'later'
          ? { kind: 'later', untilMs: clock.nowMs() + laterMs }
          : defer.kind === 'skip' && version !== null
            ? { kind: 'skip', version }
            : null;
      all = next === null ? others : { ...others, [service]: next };
      await files.writeAtomic(file, JSON.stringify(all), 0o600);
    },
    restore: async () => {
      try {
        const read = JSON.parse((await files.readText(file)) ?? '{}') as Record<string, Deferred> | null;
        all = Object.fromEntries(Object.entries(read ?? {}).filter(([, one]) => isDeferred(one)));
      } catch {
        // Torn: everything is offered again.
        all = {};
      }
    },
  };
};

const isDeferred = (one: Deferred | null): boolean =>
  (one?.kind === 'later' && typeof one.untilMs === 'number') ||
  (one?.kind === 'skip' && typeof one.version === 'string');
