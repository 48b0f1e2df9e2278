import { BootyError, reasonOf } from '../../core/error.ts';
import { mirrorFile } from '../../store/mirror/document.ts';
import type { Arguments, Context } from '../context.ts';

const defaultPort = 8_998;

/** `booty mirror serve`: until a signal ends it. Throws USAGE, MIRROR_UNREADABLE and MIRROR_NOT_SERVED. */
export const serveMirror = async (context: Context, args: Arguments, folder: string): Promise<number> => {
  const { print, terminal, ports } = context;
  const text = args.text('port') ?? String(defaultPort);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    const usage = 'booty mirror serve DIR [--port N]';
    throw new BootyError('USAGE', { problem: `${JSON.stringify(text)} is no port`, usage });
  }
  if ((await ports.files.stat(`${folder}/${mirrorFile}`)) === null) {
    const problem = 'there is none; it is no mirror';
    throw new BootyError('MIRROR_UNREADABLE', { address: `${folder}/${mirrorFile}`, problem });
  }
  const bind = args.text('bind') ?? '127.0.0.1';
  const asJson = args.flag('json');
  const ended = new Promise<void>((resolve) => {
    for (const what of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) terminal.on(what, resolve);
  });
  const server = await context
    .serveFolder(folder, { bind, port }, (method, path, status) => {
      if (!asJson) print.note(print.paint('dim', `${status} ${method} ${path}`));
    })
    .catch((error: unknown) => {
      const found = reasonOf(error);
      throw new BootyError('MIRROR_NOT_SERVED', { bind, port, found }, { cause: error });
    });
  const host = bind === '0.0.0.0' || bind === '::' ? '<this machine>' : bind.includes(':') ? `[${bind}]` : bind;
  const url = `http://${host}:${server.port}`;
  if (asJson) await print.json({ folder, url, bind, port: server.port });
  else await print.line(`serving ${folder} at ${url}; use it: BOOTY_MIRROR=${url} booty up; ctrl-c ends it`);
  await ended;
  await server.close();
  return 0;
};
