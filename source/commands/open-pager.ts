import { allLines, type LogPiece, type StackClient } from '../api/protocol.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import type { Context } from './context.ts';
import { runForeground } from './run-foreground.ts';

/** Before the place that is looked at: less keeps all it has read in memory. */
const bytesBefore = 33_554_432;
const newline = 0x0a;

/**
Shows a service's log in the person's pager, packed parts too, at the line that holds that byte where the pager is less:
from 32 MiB before it on, as on the disk nothing may be left of old parts but zeros. PAGER is run by a shell, as git and
man do, so it may hold options, and reads its stdin. Resolves when they are back. Throws COMMAND_NOT_RUN and what the
daemon answers.
*/
export const openPager = async (
  context: Pick<Context, 'ports' | 'foreground' | 'folder'>,
  client: Pick<StackClient, 'raw'>,
  service: string,
  atByte: number,
): Promise<void> => {
  const { environment } = context.ports.host;
  const pager = environment['PAGER'] || 'less';
  const isLess = /^(?:\S*\/)?less(?:\s|$)/.test(pager);
  const done = new AbortController();
  try {
    const fromByte = Math.max(0, atByte - bytesBefore);
    const pieces = client.raw({ service, lines: allLines, follow: false, fromByte }, done.signal);
    const { before, bytesToPlace, rest } = await readTo(pieces, fromByte, atByte);
    const place = isLess ? [`+${bytesToPlace}P`] : [];
    // Colours are shown as colours, as git does.
    const code = await runForeground(context, ['/bin/sh', '-c', `${pager} "$@"`, 'sh', ...place], {
      environment: { LESS: '-R', ...environment },
      workingDir: context.folder,
      input: inputOf(before, rest),
    });
    if (code === 126 || code === 127) {
      throw new BootyError('COMMAND_NOT_RUN', { command: pager, problem: 'the shell did not find it (PAGER)' });
    }
  } finally {
    done.abort();
  }
};

/** Reads up to the place that is looked at, as only then it is known how many bytes the pager is given before it. */
const readTo = async (pieces: AsyncIterable<LogPiece>, fromByte: number, atByte: number) => {
  const rest = pieces[Symbol.asyncIterator]();
  const before: Uint8Array[] = [];
  let bytesToPlace = 0;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    const { bytes, endByte } = wholeLines(next.value, fromByte);
    before.push(bytes);
    bytesToPlace += Math.max(0, bytes.length - Math.max(0, endByte - atByte));
    if (endByte >= atByte) break;
  }
  return { before, bytesToPlace, rest };
};

/** Without what is left of a line that began before the first byte asked for. */
const wholeLines = ({ base64, endByte }: LogPiece, fromByte: number): { bytes: Uint8Array; endByte: number } => {
  const bytes = Buffer.from(base64, 'base64');
  const isTorn = fromByte > 0 && endByte - bytes.length === fromByte;
  return { bytes: isTorn ? bytes.subarray(bytes.indexOf(newline) + 1) : bytes, endByte };
};

async function* inputOf(before: readonly Uint8Array[], rest: AsyncIterator<LogPiece>): AsyncGenerator<Uint8Array> {
  yield* before;
  try {
    for (let next = await rest.next(); !next.done; next = await rest.next())
      yield Buffer.from(next.value.base64, 'base64');
  } catch (error) {
    yield Buffer.from(`\nbooty: the log cannot be read on: ${reasonOf(error)}\n`);
  }
}
