import { BootyError, reasonOf } from '../core/error.ts';
import type { ConfigProblem } from '../core/errors/config.ts';
import type { Position, StackDefinition } from '../core/model.ts';
import type { Files } from '../ports.ts';
import { checkDocument, type CheckedDocument } from './check-document.ts';
import { checkReferences } from './check-references.ts';
import { checkStack } from './check-stack.ts';
import { defineService } from './define-service.ts';
import { parseDotenv } from './dotenv.ts';
import { mergeEnvironment, readEnvFiles, type EnvironmentSources } from './environment.ts';
import { parseYaml } from './parse-yaml.ts';
import { baseName, folderOf, resolvePath } from './path.ts';
import { readText } from './read-text.ts';
import { referringTexts } from './referring-texts.ts';
import { makeReport, type Report } from './report.ts';
import { stackName } from './stack-name.ts';
import { isExtension, readTree, type TreeReading } from './tree.ts';

/** How many problems one error shows; all are counted. */
const problemsShownMax = 10;

/** Positions of deeper keys are not kept. */
const positionDepthMax = 4;

/**
Reads booty.yaml at `path` into a definition, with `.env` beside it (below `environment` in interpolation) and the env
files it names. Throws CONFIG_NOT_FOUND, CONFIG_UNREADABLE, or CONFIG_INVALID with everything that is wrong at once,
the first ten in the order of the file. Reads only; positions name the file as `path` does.
*/
export const loadDefinition = async ({
  files,
  path,
  environment,
}: {
  readonly files: Files;
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<StackDefinition> => {
  const text = await readText(files, path);
  if (!text.ok) throw new BootyError('CONFIG_UNREADABLE', { path, found: text.fault.message, fix: text.fault.fix });
  if (text.value === null) throw new BootyError('CONFIG_NOT_FOUND', { path });
  const folder = await files.realPath(folderOf(path));
  const dotenv = await readDotenv(files, folder, environment);
  const sources = { files, folder, valueOf: dotenv.valueOf };

  const { source, document, problems: syntax } = parse(path, text.value);
  if (document === null || syntax.length > 0) throw invalid(path, [...dotenv.problems, ...syntax]);
  const reading = readTree(source, document, { valueOf: dotenv.valueOf, isExtension });
  const report = makeReport(source, reading);
  for (const problem of [...dotenv.problems, ...reading.problems]) report.push(problem);
  const checked = checkDocument(reading.tree, report);
  checkStack(checked, report);
  const environments = await readEnvironments(checked, sources, report);
  if (report.problems.length > 0) throw invalid(path, report.problems);

  return {
    name: await stackName(folder, checked.name),
    file: resolvePath(folder, baseName(path)),
    folder,
    services: [...checked.services].map(([name, service]) =>
      defineService(name, service, environments.get(name) ?? {}, folder),
    ),
    positions: positionsOf(reading),
    ...(checked.updateCheck ? {} : { updateCheck: false }),
    warnings: warningsOf(checked, reading, report),
  };
};

/** The variables for interpolation: the user's environment over `.env`. An unreadable `.env` is a problem. */
const readDotenv = async (files: Files, folder: string, environment: Readonly<Record<string, string>>) => {
  const file = resolvePath(folder, '.env');
  const own = (name: string) => (Object.hasOwn(environment, name) ? environment[name] : undefined);
  const text = await readText(files, file);
  if (!text.ok) {
    const problem = {
      file,
      line: 1,
      column: 1,
      path: '',
      message: `.env cannot be read: ${text.fault.message}`,
      fix: text.fault.fix,
    };
    return { valueOf: own, problems: [problem] };
  }
  const { values, problems } = parseDotenv(file, text.value ?? '', own);
  return { valueOf: (name: string) => own(name) ?? values.get(name)?.plain, problems };
};

const parse = (path: string, text: string): ReturnType<typeof parseYaml> => {
  try {
    return parseYaml(path, text);
  } catch (error) {
    // The parser recurses: a document built to be deep can exhaust its stack.
    const problem = { file: path, line: 1, column: 1, path: '', message: `this is not YAML: ${reasonOf(error)}` };
    throw invalid(path, [{ ...problem, fix: 'write it flat' }], error);
  }
};

const readEnvironments = async (
  checked: CheckedDocument,
  sources: EnvironmentSources,
  report: Report,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> => {
  const environments = new Map<string, Readonly<Record<string, string>>>();
  for (const [name, service] of checked.services) {
    const fromFiles = await readEnvFiles(name, service, sources, report);
    for (const text of referringTexts(name, service, fromFiles, report)) checkReferences(text, checked);
    environments.set(name, mergeEnvironment(service, fromFiles, sources.valueOf));
  }
  return environments;
};

const invalid = (file: string, found: readonly ConfigProblem[], cause?: unknown): BootyError<'CONFIG_INVALID'> => {
  // Those of this file come first, then those of each other file, in the order of its lines.
  const order = [...new Set([file, ...found.map((problem) => problem.file)])];
  const ordered = [...found].sort(
    (left, right) =>
      order.indexOf(left.file) - order.indexOf(right.file) || left.line - right.line || left.column - right.column,
  );
  const facts = { file, problems: ordered.slice(0, problemsShownMax), total: found.length };
  return new BootyError('CONFIG_INVALID', facts, cause === undefined ? undefined : { cause });
};

const positionsOf = (reading: TreeReading): Readonly<Record<string, Position>> =>
  Object.fromEntries(
    [...reading.places]
      .map(([key, place]) => [key.split('\0'), place.key] as const)
      .filter(([path]) => path.length <= positionDepthMax && path[0] !== '')
      .map(([path, position]) => [path.join('.'), position]),
  );

const warningsOf = (checked: CheckedDocument, reading: TreeReading, report: Report): readonly string[] => {
  const at = ({ file, line, column }: Position) => `${file}:${line}:${column}`;
  const warnings = [...reading.unset].map(
    ([name, position]) =>
      `${at(position)}: the variable ${name} is not set and became empty; write \${${name}:-default}`,
  );
  if (checked.hasVersion) {
    warnings.unshift(
      `${at(report.positionOf(['version'], 'key'))}: a top-level version has no meaning here; remove it`,
    );
  }
  for (const [name, service] of checked.services) {
    for (const { service: other, condition } of service.depends_on ?? []) {
      const waited = checked.services.get(other);
      const asksNothing =
        waited?.healthcheck === undefined ? waited?.component === undefined : waited.healthcheck.probe.kind === 'none';
      if (condition !== 'service_healthy' || !asksNothing) continue;
      const position = at(report.positionOf(['services', name, 'depends_on', other], 'key'));
      warnings.push(
        `${position}: ${name} waits for ${other} to be healthy, but ${other} has no healthcheck: it counts as soon as it runs`,
      );
    }
  }
  return warnings;
};
