import { BootyError } from '../../core/error.ts';
import { mirrorFile } from '../../store/mirror/document.ts';
import type { Arguments, Context } from '../context.ts';
import { bytesText } from '../text.ts';

const noteMsMin = 3_000;

/** `booty mirror verify`; resolves to the exit code. Throws MIRROR_UNREADABLE and MIRROR_DAMAGED. */
export const verifyMirror = async (context: Context, args: Arguments, folder: string): Promise<number> => {
  const { print, terminal, ports } = context;
  const store = await context.openStore();
  const abort = new AbortController();
  for (const what of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) terminal.on(what, () => abort.abort());
  let saidAtMs = ports.clock.nowMs();
  const onFile = (done: number, all: number): void => {
    if (ports.clock.nowMs() - saidAtMs < noteMsMin) return;
    saidAtMs = ports.clock.nowMs();
    print.note(print.paint('dim', `booty: read ${done} of ${all} files`));
  };
  const check = await store.checkMirror(folder, onFile, abort.signal).catch((error: unknown) => {
    if (abort.signal.aborted)
      throw new BootyError('CUT_SHORT', { what: `the look through ${folder}` }, { cause: error });
    throw error;
  });
  if (check === null) {
    const problem = 'there is none; it is no mirror';
    throw new BootyError('MIRROR_UNREADABLE', { address: `${folder}/${mirrorFile}`, problem });
  }
  const { document, problems, strays } = check;
  const sizeBytes = Object.values(document.files).reduce((sum, one) => sum + one.sizeBytes, 0);
  if (args.flag('json')) {
    await print.json({ folder, packages: document.packages, sizeBytes, problems, strays });
    return problems.length > 0 ? 1 : 0;
  }
  if (problems.length > 0) throw new BootyError('MIRROR_DAMAGED', { folder, problems });
  for (const { package: name, version, source, platforms } of document.packages) {
    await print.line(`${name} ${version} from ${source}  ${platforms.join(', ') || 'any platform with Go'}`);
  }
  const files = Object.keys(document.files).length;
  await print.line(`${files} files, ${bytesText(sizeBytes)}: all as they were cloned`);
  if (strays.length > 0) print.note(`booty: nothing is made of ${strays.length} files there, such as ${strays[0]}`);
  return 0;
};
