import { BootyError } from '../../core/error.ts';
import type { Context } from '../context.ts';
import { runTool } from './run-tool.ts';
import type { Way } from './way.ts';

const toolTimeoutMs = 300_000;

/**
A folder that was unpacked from a bundle: nobody announces a newer one, it is given as a file. It is unpacked beside the
folder and must say its version before the two change places; the old one stays beside.
*/
export const bundleWay = (context: Context, folder: string, file: string | null): Way => {
  const { files } = context.ports;
  const next = `${folder}.next`;
  const before = `${folder}.before`;
  const unpack = async (archive: string): Promise<string> => {
    await files.remove(next);
    await files.makeFolder(next, 0o755);
    // A bundle holds one folder, whose name is its own business.
    await runTool(context, ['tar', '-xf', archive, '-C', next, '--strip-components=1'], { timeoutMs: toolTimeoutMs });
    const said = await runTool(context, [`${next}/bin/booty`, '--version'], { timeoutMs: toolTimeoutMs });
    return said.replace(/^booty /, '');
  };
  return {
    kind: 'bundle',
    title: `the bundle in ${folder}`,
    current: context.version,
    newest: async () => {
      if (file !== null) return unpack(file);
      throw new BootyError('SELF_NO_UPGRADE', {
        what: `the bundle in ${folder}`,
        reason: 'nobody announces a newer bundle',
        advice: 'bring one, then: booty self upgrade --bundle FILE',
      });
    },
    steps: (newest) => [
      `${next} holds ${newest}, unpacked and run`,
      `${folder} becomes ${before}`,
      `${next} becomes ${folder}`,
    ],
    install: async () => {
      await files.remove(before);
      await files.rename(folder, before);
      await files.rename(next, folder).catch(async (error: unknown) => {
        await files.rename(before, folder);
        throw error;
      });
    },
    discard: () => files.remove(next),
    back: `mv ${folder} ${next} && mv ${before} ${folder}`,
  };
};
