import { createServer, type Server } from 'node:net';

/** A port that no other booty on this machine will choose. */
export type PortClaim = {
  /** The service is about to listen on it: the claim stays until it surely does. */
  readonly handOver: () => void;
  readonly drop: () => void;
};

/** From letting go of a port until its service listens; a slow start on a busy machine fits in. */
const handOverMs = 20_000;

const own = new Map<number, { readonly server: Server | null; users: number }>();

/**
Claims a port among the booties of this machine (of this network namespace, like the port itself), whoever runs them; null
when another one has it. A service can listen only once booty does not any more, and in between the port looks free to
everybody. The claim is an abstract unix socket, which ends with its process and leaves no file; where there are none
(outside Linux) every claim is given. Claims of this very process do not exclude each other.
*/
export const claimPort = async (port: number): Promise<PortClaim | null> => {
  const known = own.get(port);
  if (known) known.users += 1;
  else {
    const server = process.platform === 'linux' ? await listenOn(`\0booty-port-${port}`) : null;
    // Somebody of this process may have been as fast.
    const meanwhile = own.get(port);
    if (meanwhile) meanwhile.users += 1;
    else if (server === 'taken') return null;
    else own.set(port, { server, users: 1 });
  }
  let isOver = false;
  const drop = (): void => {
    if (isOver) return;
    isOver = true;
    const claim = own.get(port);
    if (!claim) return;
    claim.users -= 1;
    if (claim.users > 0) return;
    own.delete(port);
    claim.server?.close();
  };
  return { drop, handOver: () => void setTimeout(drop, handOverMs).unref() };
};

const listenOn = (path: string): Promise<Server | 'taken' | null> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    // A system that cannot do this is not worth failing for: ports are still held by listening.
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE' ? 'taken' : null));
    server.listen({ path }, () => {
      server.unref();
      resolve(server);
    });
  });
