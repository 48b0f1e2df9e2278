import { pagerPrefix } from '../core/paths.ts';
import type { Context } from './context.ts';
import { openPager } from './open-pager.ts';
import { clientOf, type Target } from './target.ts';

/** Of the log before the place that is looked at, and in all: a pager may keep in memory what it is given. */
const beforeBytes = 33_554_432;
const allBytes = 67_108_864;

/**
Opens a service's log in the person's pager at that byte, and resolves when they are back. The pager gets a file of its own
with what programs wrote, 32 MiB before the place and 64 MiB at most: the live file begins with zeros once old parts of it
are packed, and its bytes are counted otherwise than the log's. The file lies in the stack's run folder meanwhile; should this process be killed, the daemon removes it. Throws
COMMAND_NOT_RUN, DAEMON_UNREACHABLE.
*/
export const pageLog = async (context: Context, target: Target, service: string, atByte: number): Promise<void> => {
  const { files } = context.ports;
  const { makeOwned } = await import('../store/temporary.ts');
  const folder = await makeOwned(context.ports, target.paths.run, pagerPrefix);
  const file = `${folder}/${service}.log`;
  try {
    await openPager(context, file, await copyLog(context, target, { service, file, atByte }));
  } finally {
    await files.remove(folder);
  }
};

/** Resolves with the byte of the file that holds the log's. */
const copyLog = async (
  context: Context,
  target: Target,
  { service, file, atByte }: { readonly service: string; readonly file: string; readonly atByte: number },
): Promise<number> => {
  const { files } = context.ports;
  const enough = new AbortController();
  const ask = { service, lines: 0, follow: false, fromByte: Math.max(0, atByte - beforeBytes) };
  let writtenBytes = 0;
  let place: number | null = null;
  await files.append(file, '', 0o600);
  for await (const { base64, endByte } of clientOf(context, target).raw(ask, enough.signal)) {
    const bytes = Buffer.from(base64, 'base64');
    await files.append(file, bytes, 0o600);
    writtenBytes += bytes.length;
    if (place === null && endByte > atByte) place = writtenBytes - Math.min(bytes.length, endByte - atByte);
    if (writtenBytes >= allBytes) break;
  }
  enough.abort();
  return place ?? writtenBytes;
};
