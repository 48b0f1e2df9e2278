import { bootyHome } from '../core/paths.ts';
import { listFile } from '../trust/list-file.ts';
import type { Context } from './context.ts';
import { registriesOf } from './registries-of.ts';

/**
Says on stderr which registries are out of date and since when, for commands whose answer depends on them. Costs one look at
the disk where the user has no registries of their own. Never fails: what is wrong is told by what needs it.
*/
export const noteRegistries = async (context: Context, project?: string): Promise<void> => {
  const { files, host, clock } = context.ports;
  const isPlain =
    host.environment['BOOTY_REGISTRY'] === undefined && (await files.stat(listFile(bootyHome(host)))) === null;
  if (isPlain) return;
  const believed = await registriesOf(context, project).catch(() => null);
  const { freshnessText } = await import('../trust/freshness-text.ts');
  for (const { name, freshness } of believed?.layers ?? []) {
    if (freshness === null || freshness.expiresAtMs > clock.nowMs()) continue;
    context.print.note(
      `booty: registry ${name}: ${freshnessText(freshness, clock.nowMs())}; booty registry update ${name}`,
    );
  }
};
