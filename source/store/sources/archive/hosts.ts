import type { World } from '../../../ports.ts';

const probeMsMax = 3_000;
const awayMs = 60_000;
const thereMs = 600_000;

/** Which hosts answer, asked once and remembered: a minute that one is away, ten that it is there. */
export type Hosts = {
  /** Null when the host of the URL answers; otherwise what was found. A probe that is under way is shared. */
  trouble(url: string, signal: AbortSignal): Promise<string | null>;
  /** Notes what a download met. */
  note(url: string, trouble: string | null): void;
};

export const createHosts = ({ downloads, clock }: Pick<World, 'downloads' | 'clock'>): Hosts => {
  const known = new Map<string, { readonly answer: Promise<string | null>; validUntilMs: number }>();
  return {
    trouble: (url, signal) => {
      const host = hostOf(url);
      const found = known.get(host);
      if (found && clock.nowMs() < found.validUntilMs) return found.answer;
      const entry = { answer: probe(downloads, url, signal), validUntilMs: Number.POSITIVE_INFINITY };
      known.set(host, entry);
      entry.answer.then(
        (trouble) => (entry.validUntilMs = clock.nowMs() + (trouble === null ? thereMs : awayMs)),
        // Cut short: nothing was learned.
        () => known.delete(host),
      );
      return entry.answer;
    },
    note: (url, trouble) => {
      const validUntilMs = clock.nowMs() + (trouble === null ? thereMs : awayMs);
      known.set(hostOf(url), { answer: Promise.resolve(trouble), validUntilMs });
    },
  };
};

const probe = async (downloads: World['downloads'], url: string, signal: AbortSignal): Promise<string | null> => {
  const head = await downloads.probe(url, probeMsMax, signal);
  if ('kind' in head) return head.found;
  if (head.status === 407) return 'the proxy asks for a password (407)';
  // What a hotel's or a company's gateway answers in the place of everything.
  if (head.status < 300 && /^text\/html/i.test(head.contentType)) return 'a web page comes instead (a login page?)';
  return null;
};

/** Folders count as one host. */
export const hostOf = (url: string): string => new URL(url).host || 'the mirror folder';
