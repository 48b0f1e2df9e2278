import { BootyError } from '../core/error.ts';
import type { StackRow } from '../core/model.ts';
import { stackPaths } from '../core/paths.ts';
import { type Command, type Context, jsonOption } from './context.ts';
import type { StackOrigin } from './origin.ts';
import { knownStacks } from './target.ts';
import { rowInTime } from './row-in-time.ts';
import { columnsText } from './text.ts';

export const stacks: Command = {
  name: 'stacks',
  summary: 'list all your stacks, running or not',
  usage: 'stacks [--json]',
  details: [
    'Every stack that was ever started and not destroyed, below BOOTY_HOME (~/.local/share/booty unless set).',
    'Looking changes nothing: a daemon that died gets its successor from the next command about its stack.',
  ],
  options: jsonOption,
  examples: ['booty stacks', 'booty stacks --json | jq -r \'.stacks[] | select(.state != "down").name\''],
  positionalsMax: 0,
  run: async (context, args) => {
    const found = await Promise.all((await knownStacks(context)).map((origin) => lookAtStack(context, origin)));
    if (args.flag('json')) {
      await context.print.json({ stacks: found });
      return 0;
    }
    if (found.length === 0) {
      await context.print.line('no stack was ever started here; begin with: booty tui --stack observe');
      return 0;
    }
    const rows = found.map((stack) => ({
      STACK: stack.name,
      STATE: stack.lost ? 'daemon died' : stack.silent ? 'no answer' : stack.state,
      READY: stack.services === null ? '-' : `${stack.ready}/${stack.services}`,
      HOW: stack.daemon === null ? '-' : stack.daemon.tied ? 'tied' : 'detached',
      FROM: stack.file ?? stack.folder,
    }));
    for (const line of columnsText(rows, ['STACK', 'STATE', 'READY', 'HOW', 'FROM'])) await context.print.line(line);
    return 0;
  },
};

/** A stack as the list of all of them shows it. */
export type StackSummary = StackOrigin & {
  readonly state: StackRow['state'];
  readonly daemon: StackRow['daemon'];
  /** How many; null while it is down. */
  readonly services: number | null;
  readonly ready: number | null;
  /** True when its daemon died and may have left services running. */
  readonly lost: boolean;
  /** True, and `state` a guess, when its daemon takes connections and does not answer. */
  readonly silent?: true;
};

/** One daemon that says nothing keeps the others waiting no longer than this. */
const silenceMsMax = 3_000;

/** How a stack stands; changes nothing, not even when its daemon died. */
export const lookAtStack = async (context: Context, origin: StackOrigin): Promise<StackSummary> => {
  const paths = stackPaths(context.ports.host, origin.name);
  try {
    const row = await rowInTime(context, { stack: origin.name, paths }, silenceMsMax);
    const ready = row.services.filter(({ state }) => state === 'ready' || state === 'completed').length;
    const { state, daemon, services } = row;
    return { ...origin, state, daemon, services: services.length, ready, lost: false };
  } catch (error) {
    if (error instanceof BootyError && error.code === 'DAEMON_SILENT') {
      return { ...origin, state: 'degraded', daemon: null, services: null, ready: null, lost: false, silent: true };
    }
    if (!(error instanceof BootyError) || error.code !== 'DAEMON_UNREACHABLE') throw error;
    const lost = (await context.ports.files.stat(paths.runFile)) !== null;
    return { ...origin, state: 'down', daemon: null, services: null, ready: null, lost };
  }
};
