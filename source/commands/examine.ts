import { stackPaths } from '../core/paths.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Context } from './context.ts';
import { check } from './readings/check.ts';
import { lookAtHome, lookAtSocketFolder } from './readings/folders.ts';
import {
  lookAtLimits,
  lookAtNamespace,
  lookAtNode,
  lookAtPlatform,
  lookAtRung,
  lookAtTerminal,
  lookAtUser,
} from './readings/machine.ts';
import { lookAtPorts, lookAtStack } from './readings/stack.ts';
import type { Target } from './target.ts';

/**
Looks at everything at once and resolves with what was found, in the order to show it; never rejects. `find` says which
stack it is about.
*/
export const examine = async (context: Context, find: () => Promise<Target>): Promise<readonly Finding[]> => {
  const { clock, host } = context.ports;
  const looks = [
    check(clock, 'node', 'Node.js', async () => lookAtNode(context)),
    check(clock, 'platform', 'Platform', () => lookAtPlatform(context)),
    check(clock, 'user', 'User', async () => lookAtUser(context)),
    check(clock, 'terminal', 'Terminal', async () => lookAtTerminal(context)),
    check(clock, 'home', 'BOOTY_HOME', (signal) => lookAtHome(context, signal)),
    check(clock, 'limits', 'Limits', () => lookAtLimits(context)),
    check(clock, 'processes.kill', 'Kill mechanism', async () => lookAtRung(context)),
    check(clock, 'processes.namespace', 'Private pid namespace', (signal) => lookAtNamespace(context, signal)),
    check(clock, 'mirror', 'Mirrors', async (signal) => {
      const { lookAtMirrors } = await import('./readings/mirrors.ts');
      return lookAtMirrors(context, signal);
    }),
  ];
  const stack = lookAtStack(context, find);
  // One source that is slow takes nothing of what the others said.
  const answered: Finding[] = [];
  const later = [
    check(clock, 'stack', 'Stack', async () => (await stack).findings),
    check(clock, 'socket', 'Socket folder', async () =>
      lookAtSocketFolder(context, (await stack).target?.paths ?? stackPaths(host, 'stack-000000')),
    ),
    check(clock, 'ports', 'Ports', async () => lookAtPorts(context, await stack)),
    check(clock, 'registries', 'Registries', async () => {
      const { lookAtRegistries } = await import('./readings/registries.ts');
      return lookAtRegistries(context, (await stack).target?.definition?.folder);
    }),
    check(
      clock,
      'sources',
      'Sources',
      async () => {
        const { lookAtSources } = await import('./readings/sources.ts');
        return lookAtSources(context, (await stack).target?.definition ?? null, (finding) => answered.push(finding));
      },
      () => answered,
    ),
  ];
  return (await Promise.all([...looks, ...later])).flat();
};
