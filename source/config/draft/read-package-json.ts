import type { DraftService } from './draft.ts';

/** Names of the files in the folder by which a package manager is known, the first that fits wins. */
const managers: readonly (readonly [lockFile: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm run'],
  ['yarn.lock', 'yarn run'],
  ['bun.lock', 'bun run'],
  ['bun.lockb', 'bun run'],
];

/**
The service a package.json tells of: its `dev` script, else `start`, run by the manager whose lock file is there. null
when it has neither, or is no JSON.
*/
export const readPackageJson = (text: string, filesBeside: readonly string[]): DraftService | null => {
  const scripts = scriptsOf(text);
  const script = ['dev', 'start'].find((name) => typeof scripts[name] === 'string');
  if (script === undefined) return null;
  const run = managers.find(([lockFile]) => filesBeside.includes(lockFile))?.[1] ?? 'npm run';
  const other = script === 'dev' && typeof scripts['start'] === 'string' ? [`command: ${run} start`] : [];
  return {
    name: 'main',
    from: 'package.json',
    about: [`Script ${script} of package.json. Its port is in the environment as PORT.`],
    keys: { command: `${run} ${script}`, ports: { http: 'auto' }, restart: 'unless-stopped' },
    hints: other,
  };
};

const scriptsOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(text);
    const scripts = typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : null;
    return typeof scripts === 'object' && scripts !== null ? { ...scripts } : {};
  } catch {
    return {};
  }
};
