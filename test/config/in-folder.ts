import { mkdtemp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadDefinition } from '../../source/config/load.ts';
import { BootyError } from '../../source/core/error.ts';
import type { StackDefinition } from '../../source/core/model.ts';
import { createFiles } from '../../source/edge/files.ts';

export const files = createFiles();

/** Runs with a new folder that holds the given files (paths in it → text), and removes it afterwards. */
export const inFolder = async <Result>(
  contents: Readonly<Record<string, string | Uint8Array>>,
  run: (folder: string) => Promise<Result>,
): Promise<Result> => {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'booty-config-')));
  try {
    for (const [name, text] of Object.entries(contents)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Loads booty.yaml with the files beside it. */
export const load = (
  yaml: string | Uint8Array,
  beside: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<StackDefinition> =>
  inFolder({ 'booty.yaml': yaml, ...beside }, (folder) =>
    loadDefinition({ files, path: path.join(folder, 'booty.yaml'), environment }),
  );

/** What is wrong with a booty.yaml, as `line:column message => fix`; a problem of another file begins with its name. */
export const problemsOf = async (
  yaml: string,
  beside: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> => {
  try {
    await load(yaml, beside, environment);
    return [];
  } catch (error) {
    if (!(error instanceof BootyError) || error.code !== 'CONFIG_INVALID') throw error;
    const { problems } = (error as BootyError<'CONFIG_INVALID'>).facts;
    return problems.map(({ file, line, column, message, fix }) => {
      const name = path.basename(file);
      const text = `${line}:${column} ${message} => ${fix}`.replaceAll(`${path.dirname(file)}/`, 'FOLDER/');
      return name === 'booty.yaml' ? text : `${name}:${text}`;
    });
  }
};

/** One row of a table of bad files: what it shows, the text, and everything that is said about it. */
export type BadFile = readonly [title: string, yaml: string, problems: readonly string[]];
