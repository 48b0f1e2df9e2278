import type { StackClient } from '../api/protocol.ts';
import type { Arguments, Context } from './context.ts';
import { noteOrigin, reach, reachOrStart, targetToStart, targetToUse } from './target.ts';
import { requestOf } from './up.ts';

/**
Runs `use` with the daemon of the stack and resolves to its exit code. Of a stack that is down one is started that knows
the stack and starts none of its services; it ends again, unless the code says that something was left to it (130, 3).
*/
export const reachForUpgrade = async (
  context: Context,
  args: Arguments,
  use: (client: StackClient) => Promise<number>,
): Promise<number> => {
  const target = await targetToUse(context, args);
  const running = await reach(context, target);
  if (running && (await running.ps()).services.length > 0) return use(running);
  const defined = target.definition === null ? await targetToStart(context, args) : target;
  const { client, started } = await reachOrStart(context, defined);
  let code = 1;
  try {
    await noteOrigin(context, defined);
    const all: Arguments = { ...args, positionals: [] };
    await client.up({ ...requestOf(defined, all, context.ports.host.environment), idle: true });
    code = await use(client);
    return code;
  } finally {
    if (started && code !== 130 && code !== 3) await client.down({ force: 0, graceMsMax: null }).catch(() => {});
  }
};
