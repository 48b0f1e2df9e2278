import type { ArchiveFormat, DownloadHead } from '../../../ports.ts';

const secondsOfDay = 86_400;

/** What speaks against an answer; `retry` where another try may do better. */
export type Objection =
  | { readonly kind: 'refused'; readonly found: string }
  | { readonly kind: 'retry'; readonly found: string }
  | { readonly kind: 'changed'; readonly actualBytes: number };

/**
Looks at status, size and the first bytes before anything is hashed or kept, so that a page that says "410 Gone" is
never taken for a program. Null when nothing speaks against it. A size may be unknown (null).
*/
export const objectionTo = (
  head: DownloadHead,
  firstBytes: Uint8Array,
  expected: { readonly format: ArchiveFormat; readonly sizeBytes: number | null; readonly fromByte: number },
): Objection | null => {
  const { status, totalBytes } = head;
  if (status === 429 || status === 408 || status >= 500) {
    const waitSeconds = Math.ceil((head.retryAfterMs ?? 0) / 1_000);
    const wait = waitSeconds > secondsOfDay ? 'more than a day' : `${waitSeconds} s`;
    const asked = head.retryAfterMs === null ? '' : ` and asks to wait ${wait}`;
    return { kind: 'retry', found: `it answers ${status}${asked}` };
  }
  if (status === 416) return { kind: 'retry', found: 'it has less than was fetched before' };
  if (status !== 200 && status !== 206) return { kind: 'refused', found: `it answers ${status}${titleOf(firstBytes)}` };
  if (status === 206 && head.fromByte !== expected.fromByte) return { kind: 'retry', found: 'it sends another part' };
  if (head.fromByte === 0 && !looksLike(firstBytes, expected.format)) {
    const kind = head.contentType.split(';')[0]?.replaceAll(notShown, ' ') || 'something';
    if (firstBytes.length === 0) return { kind: 'retry', found: 'it sends nothing' };
    return { kind: 'refused', found: `it sends ${kind}${titleOf(firstBytes)}, not a ${expected.format} file` };
  }
  // An encoded body has another length; whether its bytes are the right ones all the same is told by their hash.
  if (
    head.contentEncoding === undefined &&
    totalBytes !== null &&
    expected.sizeBytes !== null &&
    totalBytes !== expected.sizeBytes
  ) {
    return { kind: 'changed', actualBytes: totalBytes };
  }
  return null;
};

/** First bytes of each format (file(1)); a program is ELF, Mach-O of either kind, or a script. */
const magics: Readonly<Record<ArchiveFormat, readonly string[]>> = {
  'tar.gz': ['1f8b'],
  gz: ['1f8b'],
  'tar.xz': ['fd377a58'],
  'tar.zst': ['28b52ffd'],
  zip: ['504b0304'],
  deb: ['213c6172'],
  plain: ['7f454c46', 'cffaedfe', 'cafebabe', '2321'],
};

const looksLike = (firstBytes: Uint8Array, format: ArchiveFormat): boolean => {
  const start = Buffer.from(firstBytes.subarray(0, 4)).toString('hex');
  return magics[format].some((magic) => start.startsWith(magic));
};

/** A stranger's words go to a terminal, which would obey what is no letter in them. */
const notShown = /[\s\p{Cc}\p{Cf}]+/gu;

const titleOf = (firstBytes: Uint8Array): string => {
  const text = Buffer.from(firstBytes).toString('utf8');
  const title = /<title>([^<]{1,80})/i.exec(text)?.[1]?.replaceAll(notShown, ' ').trim();
  return title ? ` (a page: ${title})` : '';
};
