import { BootyError } from '../../core/error.ts';
import type { Context } from '../context.ts';
import { runTool } from './run-tool.ts';
import type { Way } from './way.ts';

const askTimeoutMs = 60_000;
const installTimeoutMs = 900_000;

/** A git clone: `git fetch` knows what is newer, a fast-forward and `npm ci` take it. */
export const cloneWay = async (context: Context, folder: string): Promise<Way> => {
  const git = (...words: readonly string[]) =>
    runTool(context, ['git', '-C', folder, ...words], { timeoutMs: askTimeoutMs });
  const current = await git('rev-parse', '--short', 'HEAD');
  const no = (reason: string, advice: string) =>
    new BootyError('SELF_NO_UPGRADE', { what: `the clone in ${folder}`, reason, advice });
  return {
    kind: 'clone',
    title: `the clone in ${folder}`,
    current: `${context.version} (${current})`,
    newest: async () => {
      const upstream = await git('rev-parse', '--abbrev-ref', '@{upstream}').catch(() => null);
      if (upstream === null)
        throw no('its branch follows no other', `git -C ${folder} branch --set-upstream-to=origin/main`);
      await git('fetch', '--quiet');
      if ((await git('rev-list', '--count', `HEAD..${upstream}`)) === '0') return null;
      const changes = await git('status', '--porcelain', '--untracked-files=no');
      if (changes !== '')
        throw no(`it has changes of its own: ${changes.split('\n')[0]?.trim()}`, `git -C ${folder} stash`);
      if ((await git('rev-list', '--count', `${upstream}..HEAD`)) !== '0')
        throw no(`it has commits that ${upstream} has not`, `git -C ${folder} rebase ${upstream} && npm ci`);
      return git('rev-parse', '--short', upstream);
    },
    steps: () => [`git -C ${folder} pull --ff-only`, `npm ci   (in ${folder}; builds it anew)`],
    install: async () => {
      await runTool(context, ['git', '-C', folder, 'pull', '--ff-only', '--quiet'], { timeoutMs: installTimeoutMs });
      await runTool(context, ['npm', 'ci', '--no-audit', '--no-fund'], {
        workingDir: folder,
        timeoutMs: installTimeoutMs,
      }).catch(async (error: unknown) => {
        // The sources of one version beside the packages of another may not run at all.
        await git('reset', '--quiet', '--keep', current);
        throw error;
      });
    },
    back: `git -C ${folder} reset --keep ${current} && (cd ${folder} && npm ci)`,
  };
};
