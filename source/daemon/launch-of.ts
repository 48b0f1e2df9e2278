import type { ServiceLaunch } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import type { Supervisor } from './supervisor.ts';

/**
How a service was started; for one that does not run, how its next start would be. Throws SERVICE_NOT_INSTALLED for a
component whose binary nobody has fetched yet: its environment may depend on the version.
*/
export const launchOf = ({ performer, fetches, held, stack }: Supervisor, service: string): ServiceLaunch => {
  const launch = performer.running()[service]?.launch;
  if (launch) return { command: launch.command, environment: launch.environment, workingDir: launch.workingDir };
  const assembled = held()?.assembled;
  if (!assembled) throw new BootyError('STACK_DOWN', { stack });
  const binary = fetches.binaryOf(service);
  if (binary === null && assembled.binaries.some((wish) => wish.service === service)) {
    throw new BootyError('SERVICE_NOT_INSTALLED', { service });
  }
  const { command, environment, workingDir } = assembled.render(service, binary);
  return { command, environment, workingDir };
};
