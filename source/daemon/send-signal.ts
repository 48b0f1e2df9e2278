import { BootyError } from '../core/error.ts';
import type { Clock, Processes } from '../ports.ts';
import type { Supervisor } from './supervisor.ts';

/**
Sends a signal somebody asked for and notes it. SIGKILL ends everything of the service, any other reaches its own
process alone. What follows is for the restart policy to decide, as with any end nobody ordered. Resolves with how many
processes were reached. Throws SERVICE_NOT_RUNNING and SIGNAL_REFUSED.
*/
export const sendSignal = async (
  { loop, performer, history }: Supervisor,
  of: { readonly clock: Clock; readonly processes: Processes },
  service: string,
  signal: string,
): Promise<number> => {
  const state = loop.world().services[service]?.state ?? 'stopped';
  if (performer.running()[service] === undefined) throw new BootyError('SERVICE_NOT_RUNNING', { service, state });
  const message = `${service} is sent ${signal} on request`;
  history.add({ atMs: of.clock.nowMs(), service, type: 'signal.requested', from: null, to: null, message });
  if (signal === 'SIGKILL') return (await of.processes.kill(service)).killed;
  return of.processes.signal(service, signal, 'process');
};
