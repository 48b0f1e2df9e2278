import { BootyError } from '../core/error.ts';
import { type WayBack, wayBackOf } from '../core/upgrade/way-back.ts';
import { compareVersions } from '../core/upgrade/version.ts';
import type { Files } from '../ports.ts';

/** What is to work on the data of a service. */
export type DataWish = { readonly service: string; readonly package: string; readonly wayBack: WayBack };

/**
Which version last worked on the data of each service, whatever the lock says: a lock that came with another commit, or a
range that was lowered, must not put an older server on what a newer one wrote.
*/
export type DataVersions = {
  /**
  Notes that a version is about to work on the data. Throws DATA_NEWER when a newer one did before and what the catalog says
  of the way back is not `safe`; a service without data takes any version.
  */
  readonly claim: (wish: DataWish, version: string) => Promise<void>;
  /** Which version worked on the data last; null: none is known to have. */
  readonly lastOf: (service: string) => Promise<string | null>;
  /** Notes that the data is such that this version can read it: whoever put it there, or chose the version, has seen to that. */
  readonly trust: (wish: Pick<DataWish, 'service' | 'package'>, version: string) => Promise<void>;
};

type Written = { readonly package: string; readonly version: string };

/** Kept in a file for each service, which a person can remove who knows better. */
export const createDataVersions = (
  files: Pick<Files, 'readText' | 'writeAtomic' | 'makeFolder' | 'list'>,
  of: { readonly data: string; readonly dataVersions: string },
): DataVersions => {
  const trusted = new Map<string, string>();
  const fileOf = (service: string): string => `${of.dataVersions}/${service}`;
  /** A full disk is no reason not to start; what is lost is a refusal later. */
  const write = async (service: string, written: Written): Promise<void> => {
    try {
      await files.makeFolder(of.dataVersions, 0o700);
      await files.writeAtomic(fileOf(service), `${JSON.stringify(written)}\n`, 0o600);
    } catch {
      // What it says stays older than the truth.
    }
  };
  const read = async (service: string): Promise<Written | null> => readWritten(await files.readText(fileOf(service)));
  return {
    claim: async ({ service, package: packageName, wayBack }, version) => {
      // Asked of the disk each time: the person who knows better may have removed it.
      const last = await read(service);
      const isOlder =
        last !== null &&
        last.package === packageName &&
        trusted.get(service) !== version &&
        compareVersions(version, last.version) < 0 &&
        wayBackOf(wayBack, version, last.version).rollback !== 'safe';
      if (last !== null && isOlder && (await files.list(`${of.data}/${service}`)).length > 0)
        throw new BootyError('DATA_NEWER', { service, version, wroteVersion: last.version, path: fileOf(service) });
      if (trusted.get(service) !== version) trusted.delete(service);
      if (last?.package !== packageName || last.version !== version)
        await write(service, { package: packageName, version });
    },
    lastOf: async (service) => (await read(service))?.version ?? null,
    trust: ({ service, package: packageName }, version) => {
      trusted.set(service, version);
      return write(service, { package: packageName, version });
    },
  };
};

const readWritten = (text: string | null): Written | null => {
  try {
    const { package: packageName, version } = JSON.parse(text ?? '{}') as Partial<Written>;
    return typeof packageName === 'string' && typeof version === 'string' ? { package: packageName, version } : null;
  } catch {
    return null;
  }
};
