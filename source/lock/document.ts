import { valid } from 'semver';
import { z } from 'zod';
import { BootyError } from '../core/error.ts';

const file = z.strictObject({
  /** Whole URL of an archive, the file's name of anything else. */
  url: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  sizeBytes: z.int().min(0).nullable(),
});

const bytes = z.strictObject({
  /** As the source names it: `2.10.27-1+b2` for Debian. */
  sourceVersion: z.string().min(1),
  suite: z.string().nullable(),
  files: z.array(file).min(1),
});

const service = z.strictObject({
  component: z.string().min(1),
  package: z.string().min(1),
  version: z.string().refine((text) => valid(text) === text, 'must be a semver version'),
  /** Source → platform (`linux-amd64`) → what it is made of there. */
  sources: z.record(z.string(), z.record(z.string(), bytes)),
});

const lock = z.strictObject({ lockVersion: z.literal(1), services: z.record(z.string(), service) });

/** booty.lock.json: which version each service runs, and by which bytes it is known on each platform and source. */
export type LockDocument = z.infer<typeof lock>;
export type LockedService = LockDocument['services'][string];
export type LockedBytes = LockedService['sources'][string][string];

export const emptyLock: LockDocument = { lockVersion: 1, services: {} };

/** Reads the text of a lock; `path` is for the sentence. Throws LOCK_UNREADABLE with the line or the place in the document. */
export const parseLock = (text: string, path: string): LockDocument => {
  const unreadable = (problem: string, cause: unknown): BootyError =>
    new BootyError('LOCK_UNREADABLE', { path, problem }, { cause });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    if (/^(<{7}|={7}|>{7})/m.test(text)) {
      throw unreadable(`line ${lineOf(text, /^(<{7}|={7}|>{7})/m)} holds a merge conflict`, error);
    }
    throw unreadable(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const checked = lock.safeParse(document);
  if (checked.success) return checked.data;
  const version = (document as { readonly lockVersion?: unknown } | null)?.lockVersion;
  if (typeof version === 'number' && version > 1) {
    throw unreadable(`it has form ${version}, which a newer booty wrote`, checked.error);
  }
  const [issue] = checked.error.issues;
  throw unreadable(`${issue?.path.join('.') || 'the document'}: ${issue?.message}`, checked.error);
};

const lineOf = (text: string, pattern: RegExp): number => text.slice(0, text.search(pattern)).split('\n').length;

/** The text of a lock: services, sources and platforms sorted, so that it changes only where the stack does. */
export const lockText = (document: LockDocument): string => {
  const services = sorted(document.services, (each) => ({
    component: each.component,
    package: each.package,
    version: each.version,
    sources: sorted(each.sources, (platforms) => sorted(platforms, (one) => one)),
  }));
  return `${JSON.stringify({ lockVersion: document.lockVersion, services }, null, 2)}\n`;
};

const sorted = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> =>
  Object.fromEntries(
    Object.entries(record)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => [key, change(value)]),
  );
