import { BootyError } from '../../core/error.ts';
import { limits } from '../../core/limits.ts';
import type { Finding } from '../../registry/lint/lint.ts';
import type { Registry } from '../../registry/schema.ts';
import type { Arguments, Context } from '../context.ts';

/**
`booty registry lint [FILE]`: everything that is inconsistent in a registry file, by default the one that came with booty.
Resolves to the exit code: 1 when something is wrong; notes alone are no reason. Throws REGISTRY_INVALID when there is no
such file.
*/
export const lintFile = async (context: Context, args: Arguments): Promise<number> => {
  const { ports, print } = context;
  const [name] = args.positionals;
  const file =
    name === undefined
      ? `${context.packageFolder}/registry.json`
      : name.startsWith('/')
        ? name
        : `${context.folder}/${name}`;
  const found = await ports.files.stat(file);
  if (found?.kind !== 'file') {
    const problem = found === null ? 'there is no such file' : 'it is no file';
    throw new BootyError('REGISTRY_INVALID', { path: file, problems: [problem] });
  }
  if (found.sizeBytes > limits.documentBytesMax) {
    const problems = [`it is larger than ${limits.documentBytesMax} bytes`];
    throw new BootyError('REGISTRY_INVALID', { path: file, problems });
  }
  const { lintRegistry } = await import('../../registry/lint/lint.ts');
  const { findings, registry } = lintRegistry((await ports.files.readText(file)) ?? '');
  const problems = findings.filter(({ level }) => level === 'problem').length;
  if (args.flag('json')) await print.json({ file, problems, findings });
  else {
    for (const finding of findings) for (const line of linesOf(name ?? file, finding)) await print.line(line);
    await print.line(problems === 0 ? `${name ?? file}: in order (${summary(registry)})` : `${problems} to mend`);
  }
  return problems === 0 ? 0 : 1;
};

const linesOf = (file: string, { line, column, level, path, message, fix }: Finding): readonly string[] => [
  `${file}:${line}:${column}: ${level === 'note' ? 'note: ' : ''}${path}: ${message}`,
  `  fix: ${fix}`,
];

const summary = (registry: Registry | null): string => {
  const packages = Object.values(registry?.packages ?? {});
  const versions = packages.flatMap((entry) => Object.values(entry.versions));
  const downloads = versions.flatMap(({ archives }) => archives.flatMap((each) => Object.values(each.platforms)));
  const refused = downloads.filter(({ sha256 }) => sha256 === null).length;
  return `${packages.length} packages, ${versions.length} versions, ${downloads.length - refused} archives with hashes, ${refused} refused`;
};
