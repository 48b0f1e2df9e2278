import type { UpgradeLook, UpgradeRow } from '../api/upgrade-protocol.ts';
import { findRecipe } from '../catalog/catalog.ts';
import { wayBackOf } from '../core/upgrade/way-back.ts';
import { lockPath, readLock } from '../lock/lock-file.ts';
import { inRange, isAbove } from '../registry/range.ts';
import { noticesOf, notesUrl } from '../store/knowledge.ts';
import type { Context } from './context.ts';
import { updateAside } from './registry/update-aside.ts';
import { whileUpdating } from './registry/while-updating.ts';
import type { Target } from './target.ts';

/**
What is known of newer versions of a stack that does not run: what its lock holds against what the sources offer now.
Installs nothing. Throws LOCK_UNREADABLE.
*/
export const lookIdle = async (context: Context, { definition, paths }: Target): Promise<UpgradeLook> => {
  const { ports, print } = context;
  const services = (definition?.services ?? []).flatMap((service) => {
    const recipe = service.component === null ? null : findRecipe(service.component);
    return recipe ? [{ service, recipe }] : [];
  });
  const lock = await readLock(ports.files, lockPath(definition?.file ?? null, paths.root));
  const stale = await whileUpdating(context, async (signal) => {
    const troubles = await updateAside(ports, context.packageFolder, signal);
    signal.throwIfAborted();
    return troubles;
  });
  const store = await context.openStore(definition?.folder);
  const components = [...new Set(services.map(({ recipe }) => recipe.package))];
  const never = new AbortController().signal;
  const offers = await store.offers(components, true, (message) => print.note(`booty: ${message}`), never);
  const rows = services.map(({ service, recipe }): UpgradeRow => {
    const locked = lock.services[service.name] ?? null;
    const current = locked?.version ?? null;
    const offered = (offers.get(recipe.package)?.versions ?? []).map(({ version }) => version);
    const newer = offered.filter((version) => current === null || isAbove(version, current));
    const newest = newer[0] ?? null;
    const fitting = newer.find((version) => inRange(version, service.version)) ?? null;
    const to = fitting ?? newest ?? current ?? '0.0.0';
    const way = wayBackOf(recipe.wayBack, current ?? to, to);
    const entry = store.entry(recipe.package);
    return {
      service: service.name,
      component: recipe.name,
      package: recipe.package,
      range: service.version,
      current,
      currentSource: locked === null ? null : (Object.keys(locked.sources)[0] ?? null),
      inRange: fitting,
      newest,
      rollback: way.rollback,
      notices: [...(way.why === null ? [] : [way.why]), ...noticesOf(entry, current, fitting ?? newest)],
      releaseNotes: notesUrl(entry, fitting ?? newest),
      deferred: null,
      back: null,
      suspect: null,
    };
  });
  const troubles = new Set(
    [...offers.values()].flatMap((each) => each.troubles.map(({ source, reason }) => `${source}: ${reason}`)),
  );
  return { atMs: ports.clock.nowMs(), looking: false, troubles: [...stale, ...troubles], rows };
};
