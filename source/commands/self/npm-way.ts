import { BootyError } from '../../core/error.ts';
import { isAbove, isRange } from '../../registry/range.ts';
import type { Context } from '../context.ts';
import { runTool } from './run-tool.ts';
import type { Way } from './way.ts';

const askTimeoutMs = 60_000;
const installTimeoutMs = 900_000;

/**
An installation by `npm i -g`: the registry that npm is set to knows what is newer. A package that says `private` was never
published: a package of that name would be somebody else's, so npm is not even asked.
*/
export const npmWay = (
  context: Context,
  {
    folder,
    prefix,
    name,
    isPrivate,
  }: { readonly folder: string; readonly prefix: string; readonly name: string; readonly isPrivate: boolean },
): Way => ({
  kind: 'npm',
  title: `the npm package ${name} in ${folder}`,
  current: context.version,
  newest: async () => {
    const no = (reason: string, cause?: unknown) =>
      new BootyError(
        'SELF_NO_UPGRADE',
        {
          what: `the npm package ${name}`,
          reason,
          advice: `install what you were given: npm i -g --prefix ${prefix} FILE.tgz`,
        },
        cause === undefined ? {} : { cause },
      );
    if (isPrivate) throw no('it is not published on any registry (its package.json says private)');
    const said = await runTool(context, ['npm', 'view', name, 'version'], { timeoutMs: askTimeoutMs }).catch(
      (error: unknown) => {
        if (error instanceof BootyError && /\b(E404|error 404)\b/.test(error.message))
          throw no('it is not published on the registry npm is set to', error);
        throw error;
      },
    );
    if (!/^\d/.test(said) || !isRange(said)) throw no(`npm names no version of it (it said ${JSON.stringify(said)})`);
    return isAbove(said, context.version) ? said : null;
  },
  steps: (newest) => [`npm i -g --prefix ${prefix} ${name}@${newest}`],
  install: async (newest) => {
    await runTool(context, ['npm', 'i', '-g', '--no-audit', '--no-fund', '--prefix', prefix, `${name}@${newest}`], {
      timeoutMs: installTimeoutMs,
    });
  },
  back: `npm i -g --prefix ${prefix} ${name}@${context.version}`,
});
