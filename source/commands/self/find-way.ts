import { BootyError } from '../../core/error.ts';
import type { Context } from '../context.ts';
import { bundleWay } from './bundle-way.ts';
import { cloneWay } from './clone-way.ts';
import { npmWay } from './npm-way.ts';
import type { Way } from './way.ts';

type Manifest = { readonly name?: string; readonly private?: boolean };

/** Recognises how booty was installed by the folder it runs from. Throws SELF_NO_UPGRADE where that says nothing. */
export const findWay = async (context: Context, bundle: string | null): Promise<Way> => {
  const { files } = context.ports;
  const folder = await files.realPath(context.packageFolder);
  const manifest = JSON.parse((await files.readText(`${folder}/package.json`)) ?? '{}') as Manifest;
  if ((await files.stat(`${folder}/.git`)) !== null) return cloneWay(context, folder);
  const name = manifest.name ?? 'booty';
  const tail = `/lib/node_modules/${name}`;
  if (folder.endsWith(tail)) {
    return npmWay(context, {
      folder,
      prefix: folder.slice(0, -tail.length),
      name,
      isPrivate: manifest.private === true,
    });
  }
  if (folder.includes('/node_modules/')) {
    throw new BootyError('SELF_NO_UPGRADE', {
      what: `the booty in ${folder}`,
      reason: 'it is a dependency of a project',
      advice: `upgrade it there: npm i ${name}@latest`,
    });
  }
  return bundleWay(context, folder, bundle);
};
