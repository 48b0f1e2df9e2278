import net from 'node:net';
import { log } from './log.ts';

/** A connection to NATS that only publishes, and comes back by itself. */
export type Publisher = {
  /** False when there is no connection: the message is dropped. */
  publish(subject: string, payload: string): boolean;
  connected(): boolean;
  /** Hands over what was published and closes. */
  close(): Promise<void>;
};

const retryMsMin = 250;
const retryMsMax = 2_000;

/**
Connects to `nats://user:password@host:port` (or without the two) and keeps connecting, waiting twice as long after each failure, up to 2 s.
Protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol
*/
export const connect = (url: string): Publisher => {
  const { hostname, port, host, username, password } = new URL(url);
  // What is logged is the address alone: logs are read by more people than environments.
  const address = `nats://${host}`;
  const login = username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  let socket: net.Socket | null = null;
  let ready = false;
  let closing = false;
  let retryMs = retryMsMin;
  let retry: NodeJS.Timeout | undefined;

  const answer = (line: string) => {
    if (line.startsWith('INFO ') && !ready) {
      const about = { name: 'main', lang: 'node', version: '1', protocol: 1 };
      const options = { verbose: false, pedantic: false, ...about, ...login };
      socket?.write(`CONNECT ${JSON.stringify(options)}\r\nPING\r\n`);
    } else if (line === 'PING') {
      socket?.write('PONG\r\n');
    } else if (line === 'PONG' && !ready) {
      ready = true;
      retryMs = retryMsMin;
      log('info', 'connected to NATS', { url: address });
    } else if (line.startsWith('-ERR')) {
      log('error', 'NATS refused something', { reason: line });
    }
  };

  const open = () => {
    let rest = '';
    socket = net.connect(Number(port || 4222), hostname.replace(/^\[|\]$/g, ''));
    socket.setEncoding('utf8');
    socket.setNoDelay(true);
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      lines.forEach(answer);
    });
    // The reason of a failure; `close` always follows.
    socket.on('error', (error) => log('warn', 'no connection to NATS', { url: address, reason: error.message }));
    socket.on('close', () => {
      const lost = ready;
      ready = false;
      if (closing) return;
      if (lost) log('warn', 'connection to NATS lost', { url: address });
      retry = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, retryMsMax);
    });
  };
  open();

  return {
    publish: (subject, payload) => {
      if (!ready || !socket) return false;
      socket.write(`PUB ${subject} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`);
      return true;
    },
    connected: () => ready,
    close: async () => {
      closing = true;
      clearTimeout(retry);
      const last = socket;
      if (!last || last.destroyed) return;
      const closed = new Promise<void>((resolve) => last.once('close', () => resolve()));
      if (ready) last.end();
      else last.destroy();
      await closed;
    },
  };
};
