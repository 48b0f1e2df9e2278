import { BootyError } from '../core/error.ts';
import type { ServiceRow, StackRow } from '../core/model.ts';
import { ageText, bytesText, columnsText } from './text.ts';
import { type Command, type Context, jsonOption, stackOptions } from './context.ts';
import { reach, type Target, targetToUse } from './target.ts';

export const ps: Command = {
  name: 'ps',
  summary: 'show the services of a stack',
  usage: 'ps [-f FILE | --stack NAME] [--json]',
  details: ['Exit code 0, also when nothing runs: the state is then `down`.'],
  options: { ...stackOptions, ...jsonOption },
  examples: ['booty ps', 'booty ps --json | jq -r \'.services[] | select(.state != "ready").name\''],
  positionalsMax: 0,
  run: async (context, args) => {
    const target = await targetToUse(context, args);
    const row = await rowOf(context, target);
    if (args.flag('json')) await context.print.json(contractOf(row));
    else await printTable(context, row);
    return 0;
  },
};

const rowOf = async (context: Context, target: Target): Promise<StackRow> => {
  try {
    const client = await reach(context, target);
    if (client) return await client.ps();
  } catch (error) {
    // It went down between the two questions.
    if (!(error instanceof BootyError) || error.code !== 'STACK_DOWN') throw error;
  }
  return { stack: target.stack, state: 'down', daemon: null, services: [] };
};

/** Exactly what the contract of `--json` names; what else the daemon says is for doctor. */
const contractOf = ({ stack, state, daemon, services }: StackRow): unknown => ({
  stack,
  state,
  daemon: daemon && { pid: daemon.pid, tied: daemon.tied, onHangup: daemon.onHangup },
  services,
});

const columns = ['SERVICE', 'STATE', 'UP', 'RST', 'CPU%', 'RSS', 'PORT', 'VERSION'] as const;

const printTable = async (context: Context, row: StackRow): Promise<void> => {
  const { print, terminal, ports } = context;
  const ready = row.services.filter((service) => service.state === 'ready' || service.state === 'completed').length;
  const how = row.daemon ? (row.daemon.tied ? 'tied' : 'detached') : 'not running';
  await print.line(`${print.paint('bold', row.stack)}  ${row.state}  ${how}  ${ready}/${row.services.length} ready`);
  for (const note of row.notes ?? []) await print.line(print.paint('yellow', `! ${note}`));
  if (row.services.length === 0) return;
  const rows = row.services.map((service) => cells(service, ports.clock.nowMs()));
  if (terminal.outputIsTerminal) {
    const { renderTable } = await import('../../components/one-shot-table.tsx');
    await print.line(await renderTable(rows, columns, terminal.columns));
  } else {
    for (const line of columnsText(rows, columns)) await print.line(line);
  }
  for (const service of row.services)
    if (service.reason !== null) await print.line(`${service.name}: ${service.reason}`);
};

const cells = (service: ServiceRow, nowMs: number): Readonly<Record<string, string>> => ({
  SERVICE: service.name,
  STATE: service.state,
  UP: service.startedAtMs === null ? '-' : ageText(nowMs - service.startedAtMs),
  RST: String(service.restarts),
  'CPU%': service.cpuPercent === null ? '-' : service.cpuPercent.toFixed(1),
  RSS: service.rssBytes === null ? '-' : bytesText(service.rssBytes),
  PORT: Object.values(service.ports).join(' ') || '-',
  VERSION: service.version ?? '-',
});
