import { stackPaths } from '../core/paths.ts';
import { findComponent } from '../registry/find.ts';
import type { Context } from './context.ts';
import { registriesOf } from './registries-of.ts';
import { knownStacks, reach } from './target.ts';

/**
Which versions in the store services run from, over all stacks of this user: `<package> <version>` → who, in words. A
stack whose daemon died is taken over first, as its services may still run.
*/
export const versionsInUse = async (context: Context): Promise<ReadonlyMap<string, string>> => {
  const { registry } = await registriesOf(context);
  const used = new Map<string, string>();
  for (const { name } of await knownStacks(context)) {
    const paths = stackPaths(context.ports.host, name);
    const client = await reach(context, { stack: name, paths, definition: null });
    if (!client) continue;
    for (const { name: service, component, version } of (await client.ps()).services) {
      if (component === null || version === null) continue;
      const packageName = findComponent(registry, component)?.package ?? component;
      used.set(`${packageName} ${version}`, `service ${service} of stack ${name}`);
    }
  }
  return used;
};
