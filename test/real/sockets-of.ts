import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A socket somebody can reach, by the kernel's own tables. */
export type Listener = { readonly protocol: string; readonly address: string; readonly port: number };

/**
Every TCP socket these processes listen on and every UDP socket they have bound without a peer. Addresses as in
proc_pid_net(5): hexadecimal, each 32-bit word in the order of the machine, least byte first on all that booty runs on.
*/
export const listenersOf = (pids: readonly number[]): readonly Listener[] => {
  const inodes = new Set(pids.flatMap(socketInodes));
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
    readFileSync(`/proc/net/${protocol}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        if (state !== (protocol.startsWith('tcp') ? '0A' : '07') || !inodes.has(inode)) return [];
        const [address = '', port = ''] = local.split(':');
        return [{ protocol, address, port: Number.parseInt(port, 16) }];
      }),
  );
};

/** 127.0.0.0/8, ::1, and the former inside the latter's space. */
export const isLoopback = ({ address }: Listener): boolean =>
  /^[0-9A-F]{6}7F$/.test(address) ||
  address === `${'0'.repeat(24)}01000000` ||
  /^0{16}FFFF0000[0-9A-F]{6}7F$/.test(address);

const socketInodes = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const target = readLinkOrNothing(`/proc/${pid}/fd/${fd}`);
      return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
    });
  } catch {
    // It ended meanwhile.
    return [];
  }
};

const readLinkOrNothing = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
};
