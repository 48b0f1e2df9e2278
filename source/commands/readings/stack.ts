import { BootyError } from '../../core/error.ts';
import type { StackRow } from '../../core/model.ts';
import { bad, type Finding, ok, warn } from '../../doctor/finding.ts';
import { judgePort } from '../../doctor/ports.ts';
import { portRequests } from '../../stack/ports.ts';
import type { Arguments, Context } from '../context.ts';
import { rowInTime } from '../row-in-time.ts';
import { knownStacks, type Target, targetToStart } from '../target.ts';

/** The doctor is done within seconds, whatever it finds. */
const silenceMsMax = 3_000;

export type StackReading = {
  /** null when there is none here, or none that can be read. */
  readonly target: Target | null;
  readonly row: StackRow | null;
  readonly findings: readonly Finding[];
};

/** Finds the stack to look at: `-f FILE`, `--stack NAME` wherever that one was started, else that of this folder. */
export const targetToRead = async (context: Context, args: Arguments): Promise<Target> => {
  const known = (await knownStacks(context)).find(({ name }) => name === args.text('stack'));
  if (!known || args.text('file') !== undefined) return targetToStart(context, args);
  const { file, folder } = known;
  if (file === null) return targetToStart({ ...context, folder }, args);
  return targetToStart(context, { ...args, text: (name) => (name === 'file' ? file : undefined) });
};

/** Whether a stack can be read, and whether it runs; that there is none here is fine. Starts nothing. */
export const lookAtStack = async (context: Context, find: () => Promise<Target>): Promise<StackReading> => {
  const target = await find().catch((error: unknown) => error);
  if (target instanceof BootyError && target.code === 'CONFIG_NOT_FOUND') {
    return { target: null, row: null, findings: [ok('stack', 'Stack', target.message)] };
  }
  if (target instanceof BootyError) {
    return { target: null, row: null, findings: [bad('stack', 'Stack', target.message, target.hint)] };
  }
  if (target instanceof Error) throw target;
  const found = target as Target;
  const answer = await rowInTime(context, found, silenceMsMax).catch((error: unknown) => error);
  const row = answer instanceof Error ? null : (answer as StackRow);
  if (answer instanceof BootyError && answer.code === 'DAEMON_SILENT') {
    return { target: found, row, findings: [bad('stack', 'Stack', answer.message, answer.hint)] };
  }
  const left = row === null && (await context.ports.files.stat(found.paths.runFile)) !== null;
  const name = found.definition?.file ?? 'built-in';
  const finding = left
    ? warn('stack', 'Stack', `${found.stack}: its daemon died and may have left services running`, 'booty ps')
    : ok('stack', 'Stack', `${found.stack} (${name}), ${row?.state ?? 'down'}`);
  return { target: found, row, findings: [finding] };
};

/** Each port the stack wants, one after the other: they are tried by listening on them for a moment. */
export const lookAtPorts = async ({ ports }: Context, { target, row }: StackReading): Promise<readonly Finding[]> => {
  if (!target?.definition) return [];
  const findings: Finding[] = [];
  for (const request of portRequests(target.definition)) {
    const { service, port, wanted, strict } = request;
    const held = row?.services.find(({ name }) => name === service)?.ports[port] ?? null;
    // booty's own port is the running daemon's, which does not stand among the services.
    const isOwn = held !== null || (row !== null && row.services.length > 0 && service === 'booty');
    const reserved = isOwn || wanted === 'auto' ? null : await ports.sockets.reserve(request.bind, wanted);
    await reserved?.release();
    const isTaken = !isOwn && wanted !== 'auto' && reserved === null;
    const holder = isTaken ? await ports.sockets.holderOf(wanted) : null;
    if (isOwn && held === null) continue;
    findings.push(judgePort({ service, port, wanted, strict, held, holder }));
  }
  return findings;
};
