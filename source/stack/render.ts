import type { ConfigFile } from '../catalog/recipe.ts';
import { assert, BootyError } from '../core/error.ts';
import { siteOf } from './site.ts';
import { substitute, type Scope } from './substitute.ts';
import { variablePlace } from './variable-place.ts';
import { wiringOf, type Place } from './wiring.ts';

/** What of an installed package a start needs. */
export type Binary = { readonly version: string; readonly executables: Readonly<Record<string, string>> };

/** All that has to be on disk and on the command line for one start; paths are absolute. */
export type Rendered = {
  readonly command: readonly string[];
  /** Whole, but for the markers booty adds. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** Written before the start, after the folders. */
  readonly files: readonly ConfigFile[];
  readonly folders: readonly { readonly path: string; readonly mode: number }[];
  readonly logMode: 'file' | 'pipe';
  /** Says by its exit code whether the files are right, without starting anything; null: there is no such command. */
  readonly configCheck: readonly string[] | null;
};

/**
Makes one service's command line, environment and files. An own command gets, beside what its definition says, `PORT`
(the number of its first port) and `NAME_PORT` for each port. A component's written `command` follows the arguments of
its recipe. Throws EXECUTABLE_MISSING and REFERENCE_UNKNOWN.
*/
export const renderService = (scope: Scope, place: Place, binary: Binary | null): Rendered => {
  const { member, dirs } = scope;
  const { service } = member;
  const written = (service.command ?? []).map((word) => substitute(word, scope, 'public'));
  const environment = Object.fromEntries(
    Object.entries(service.environment).map(([name, value]) => [name, substitute(value, scope, variablePlace(name))]),
  );
  const folders = [dirs.data, dirs.config].map((path) => ({ path, mode: 0o700 }));
  if (member.recipe === null) {
    return {
      command: written,
      environment: { ...place.environment, ...portVariables(scope), ...environment },
      workingDir: service.workingDir,
      files: [],
      folders,
      logMode: service.log ?? 'pipe',
      configCheck: null,
    };
  }
  assert(binary !== null, `the binary of ${service.name} was installed before its start`);
  const executable = binary.executables[member.recipe.executable];
  if (executable === undefined) {
    throw new BootyError('EXECUTABLE_MISSING', {
      service: service.name,
      package: member.recipe.package,
      executable: member.recipe.executable,
      found: Object.keys(binary.executables),
    });
  }
  const run = member.recipe.run(wiringOf(scope, place, binary.version));
  const checker = run.configCheck && binary.executables[run.configCheck.executable];
  return {
    command: [executable, ...run.args, ...written],
    environment: { ...place.environment, ...run.environment, ...environment },
    workingDir: dirs.data,
    files: run.files,
    folders,
    logMode: service.log ?? 'file',
    configCheck: checker && run.configCheck ? [checker, ...run.configCheck.args] : null,
  };
};

/** The form in which many programs expect their port: `PORT`, and `ADMIN_PORT` for one named `admin`. */
const portVariables = ({ member, ports }: Scope): Readonly<Record<string, string>> => {
  const numbers = Object.keys(member.ports).map((name) => [name, String(siteOf(member, name, ports).port)] as const);
  const [first] = numbers;
  return {
    ...(first ? { PORT: first[1] } : {}),
    ...Object.fromEntries(numbers.map(([name, number]) => [`${name.toUpperCase().replaceAll('-', '_')}_PORT`, number])),
  };
};
