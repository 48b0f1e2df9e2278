import { BootyError } from '../../../source/core/error.ts';
import type { Sockets } from '../../../source/ports.ts';
import type { Lifeline } from './lifeline.ts';

/** Who listens on which port of the simulated machine. */
export type Ports = Map<number, { readonly bind: string; readonly holder: string }>;

/** `isStolen` may say of a port asked for that a stranger has it at this moment. */
export const createFakeSockets = (taken: Ports, line: Lifeline, isStolen: () => boolean = () => false): Sockets => {
  const mine = new Set<number>();
  line.onCut(() => {
    for (const port of mine) taken.delete(port);
  });
  return {
    reserve: (bind, port) =>
      line.ask(() => {
        if (!['127.0.0.1', '0.0.0.0', '::', '::1'].includes(bind))
          throw new BootyError('PORT_UNUSABLE', { bind, port, problem: 'EADDRNOTAVAIL' });
        let chosen = port;
        for (let free = 40_000 + (line.pid % 1_000) * 10; chosen === 0; free += 1) if (!taken.has(free)) chosen = free;
        if (taken.has(chosen) || isStolen()) return null;
        const listener = { bind, holder: `${line.pid} booty` };
        taken.set(chosen, listener);
        mine.add(chosen);
        return {
          port: chosen,
          release: () =>
            line.ask(() => {
              mine.delete(chosen);
              if (taken.get(chosen) === listener) taken.delete(chosen);
            }),
        };
      }),
    connect: (host, port) =>
      line.ask(() => {
        if (!taken.has(port)) throw new Error(`connect ECONNREFUSED ${host}:${port}`);
      }),
    holderOf: (port) => line.ask(() => taken.get(port)?.holder ?? '77 stranger'),
  };
};
