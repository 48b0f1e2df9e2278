import type { Context } from './context.ts';

/** Where the JSON schema of booty.yaml lies in an installed booty. */
export const schemaPath = ({ packageFolder }: Pick<Context, 'packageFolder'>): string =>
  `${packageFolder}/schema/booty.schema.json`;

/**
The schema as a booty.yaml of this folder names it for editors: the one of a booty that the folder itself depends on, by
a path that is the same on every machine; else the one of this booty.
*/
export const schemaForEditors = async (context: Context): Promise<string> => {
  const own = './node_modules/booty/schema/booty.schema.json';
  const isThere = (await context.ports.files.stat(`${context.folder}/${own.slice(2)}`)) !== null;
  return isThere ? own : schemaPath(context);
};
