import { BootyError, reasonOf } from '../core/error.ts';
import type { AuditRow } from '../store/store.ts';
import { ask, yesOption } from './ask.ts';
import { type Command, type Context, jsonOption } from './context.ts';
import { whileFetching } from './install-wanted.ts';
import { versionsInUse } from './versions-in-use.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'hash everything in the store again, and repair what changed',
  usage: 'verify [--no-repair] [-y] [--json]',
  details: [
    'Every file is compared with the receipt of its installation. A version that is not as it was is fetched again, the',
    'very same bytes; it stays as it is until they are there, and as long as a service runs from it. Asks first.',
  ],
  options: { 'no-repair': { type: 'boolean', help: 'only say what is wrong' }, ...yesOption, ...jsonOption },
  exitCodes: { 1: 'something is not as it was, and was not repaired', 130: 'cut short' },
  examples: ['booty verify', 'booty verify -y', 'booty verify --no-repair --json'],
  positionalsMax: 0,
  run: async (context, args) => {
    const { print } = context;
    const isJson = args.flag('json');
    const rows = await (await context.openStore()).audit();
    if (!isJson) {
      for (const { component, version, problems, strangers } of rows) {
        await print.line(`${component} ${version}: ${[...problems, ...strangers].join('; ') || 'ok'}`);
      }
      if (rows.length === 0) await print.line('nothing is installed');
    }
    const broken = rows.filter(({ problems, strangers }) => problems.length + strangers.length > 0);
    const names = broken.map(({ component, version }) => `${component} ${version}`).join(', ');
    const isWanted =
      broken.length > 0 && !args.flag('no-repair') && (await ask(context, args, `Fetch ${names} again?`));
    const { reasons, isCutShort } = isWanted ? await repairAll(context, broken, isJson) : nothingDone;
    if (isJson) {
      const versions = rows.map((row) => {
        const why = reasons.get(row);
        return { ...row, repaired: why === undefined ? null : why === null, why: why ?? null };
      });
      await print.json({ versions });
    }
    if (broken.every((row) => reasons.get(row) === null)) return 0;
    return isCutShort ? 130 : 1;
  },
};

/** Of each version why it is not repaired, or null. */
type Repaired = { readonly reasons: ReadonlyMap<AuditRow, string | null>; readonly isCutShort: boolean };

const nothingDone: Repaired = { reasons: new Map(), isCutShort: false };

/** What happens is said as it happens. */
const repairAll = async (context: Context, broken: readonly AuditRow[], isJson: boolean): Promise<Repaired> => {
  const inUse = await versionsInUse(context);
  const reasons = new Map<AuditRow, string | null>();
  const isCutShort = await whileFetching(context, async (onProgress, signal) => {
    for (const row of broken) {
      const { component, version } = row;
      const user = inUse.get(`${component} ${version}`);
      const why = user === undefined ? await repairOne(context, row, onProgress, signal) : `${user} runs from it`;
      reasons.set(row, why);
      if (isJson) continue;
      const next = user === undefined ? '' : '; stop it, then: booty verify';
      const end = why === null ? 'fetched again' : `not repaired, left as it is: ${why}${next}`;
      await context.print.line(`${component} ${version}: ${end}`);
    }
    return signal.aborted;
  });
  return { reasons, isCutShort };
};

const repairOne = async (
  context: Context,
  { component, version }: AuditRow,
  onProgress: Parameters<Parameters<typeof whileFetching>[1]>[0],
  signal: AbortSignal,
): Promise<string | null> => {
  try {
    if (signal.aborted) throw new BootyError('STORE_CANCELLED', { component });
    const store = await context.openStore();
    await store.repair(component, version, (progress) => onProgress(component, progress), signal);
    return null;
  } catch (error) {
    if (error instanceof Error) return reasonOf(error);
    throw error;
  }
};
