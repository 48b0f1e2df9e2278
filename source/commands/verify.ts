import { reasonOf } from '../core/error.ts';
import type { AuditRow } from '../store/store.ts';
import { type Command, type Context, jsonOption } from './context.ts';
import { installWanted } from './install-wanted.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'hash everything in the store again, and repair what changed',
  usage: 'verify [--no-repair] [--json]',
  details: [
    'Every file is compared with the receipt of its installation. A version that is not as it was is removed and fetched',
    'again, the very same version; what runs from it keeps its old bytes until it is restarted.',
  ],
  options: { 'no-repair': { type: 'boolean', help: 'only say what is wrong' }, ...jsonOption },
  exitCodes: { 1: 'something is not as it was, and could not be repaired' },
  examples: ['booty verify', 'booty verify --no-repair --json'],
  positionalsMax: 0,
  run: async (context, args) => {
    const rows = await (await context.openStore()).audit();
    const results: (AuditRow & { readonly repaired: boolean | null; readonly why: string | null })[] = [];
    for (const row of rows) {
      const isSound = row.problems.length === 0;
      const repair = isSound || args.flag('no-repair') ? null : await repairOne(context, row);
      results.push({ ...row, repaired: repair === null ? null : repair.why === null, why: repair?.why ?? null });
    }
    if (args.flag('json')) await context.print.json({ versions: results });
    else {
      for (const { component, version, problems, repaired, why } of results) {
        const end = repaired ? 'fetched again' : why === null ? 'left as it is' : `not repaired: ${why}`;
        const state = problems.length === 0 ? 'ok' : `${problems.join('; ')}; ${end}`;
        await context.print.line(`${component} ${version}: ${state}`);
      }
      if (results.length === 0) await context.print.line('nothing is installed');
    }
    return results.every(({ problems, repaired }) => problems.length === 0 || repaired === true) ? 0 : 1;
  },
};

const repairOne = async (context: Context, row: AuditRow): Promise<{ readonly why: string | null }> => {
  const store = await context.openStore();
  await store.remove(row.component, row.version, new AbortController().signal);
  const [outcome] = await installWanted(context, [{ component: row.component, range: row.version }]);
  return { why: outcome?.result instanceof Error ? reasonOf(outcome.result) : null };
};
