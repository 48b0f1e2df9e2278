import type { PlainResponse } from 'got';
import type { DownloadHead } from '../ports.ts';

/** RFC 9110: Content-Range of a 206 tells where it begins and how much there is; a weak ETag may not be resumed from. */
export const headOf = ({ statusCode, headers, url }: PlainResponse): DownloadHead => {
  const [, from, whole] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const isPart = statusCode === 206 && from !== undefined;
  const total = isPart ? whole : headers['content-length'];
  const etag = headers.etag?.startsWith('W/') ? undefined : headers.etag;
  const encoding = headers['content-encoding'] ?? 'identity';
  return {
    status: statusCode,
    url,
    contentType: headers['content-type'] ?? '',
    totalBytes: total === undefined || total === '*' ? null : Number(total),
    fromByte: isPart ? Number(from) : 0,
    validator: etag ?? headers['last-modified'] ?? null,
    retryAfterMs: retryAfterMsOf(headers['retry-after'], headers.date),
    ...(encoding !== 'identity' && { contentEncoding: encoding }),
  };
};

/** RFC 9110 10.2.3: seconds, or a date, which is counted from the server's own clock, as this machine's may be wrong. */
const retryAfterMsOf = (value: string | undefined, serverDate: string | undefined): number | null => {
  if (value === undefined) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.parse(serverDate ?? '')) / 1_000;
  return seconds >= 0 ? seconds * 1_000 : null;
};
