import { connect as connectTo, createServer, type Server } from 'node:net';
import { BootyError, reasonOf } from '../core/error.ts';
import type { Sockets } from '../ports.ts';
import { claimPort } from './port-claim.ts';
import { holderOf } from './port-holder.ts';

/** Ports and connections of this machine. */
export const createSockets = (): Sockets => ({ reserve, connect, holderOf });

/** Throws PORT_UNUSABLE when the port is not taken but cannot be had either (privileged, not an address of ours). */
const reserve: Sockets['reserve'] = async (bind, port) => {
  // Linux refuses an address that a wildcard listener covers; elsewhere the two may coexist, so the port is asked.
  if (process.platform !== 'linux' && port !== 0 && (await answers(bind, port))) return null;
  // Another booty has just let go of it for a service of its own that is about to listen.
  const claim = port === 0 ? null : await claimPort(port);
  if (port !== 0 && claim === null) return null;
  const server = createServer((socket) => socket.destroy());
  try {
    await listen(server, bind, port);
  } catch (error) {
    claim?.drop();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw new BootyError('PORT_UNUSABLE', { bind, port, problem: reasonOf(error) }, { cause: error });
  }
  server.unref();
  const address = server.address();
  const held = typeof address === 'object' && address !== null ? address.port : port;
  let closing: Promise<void> | undefined;
  const given = claim ?? (await claimPort(held));
  const release = (): Promise<void> => {
    given?.handOver();
    return (closing ??= new Promise((resolve) => server.close(() => resolve())));
  };
  return { port: held, release };
};

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });

const answers = async (host: string, port: number): Promise<boolean> => {
  try {
    await connect(host, port, 200);
    return true;
  } catch {
    return false;
  }
};

const connect: Sockets['connect'] = (host, port, timeoutMs) =>
  new Promise((resolve, reject) => {
    const socket = connectTo({ host, port });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const timer = setTimeout(() => {
      const error = Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
      end(() => reject(error));
    }, timeoutMs);
    socket.once('connect', () => end(resolve));
    socket.once('error', (error) => end(() => reject(error)));
  });
