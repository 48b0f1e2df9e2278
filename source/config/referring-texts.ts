import type { EnvValue } from './dotenv.ts';
import type { ReferringText } from './check-references.ts';
import type { Report } from './report.ts';
import type { CheckedService } from './schema.ts';
import type { Path } from './tree.ts';

/** Every text of a service that may hold references, those of its env files included. */
export const referringTexts = (
  name: string,
  service: CheckedService,
  fromFiles: ReadonlyMap<string, EnvValue>,
  report: Report,
): readonly ReferringText[] => {
  const at = (key: Path, text: string): ReferringText => {
    const path = ['services', name, ...key];
    return { service: name, text, report: (fault) => report.add(path, 'value', fault) };
  };
  const list = (key: Path, texts: readonly string[]) =>
    // A string that was split has one place for all its words.
    texts.map((text, index) => at(report.has(['services', name, ...key, index]) ? [...key, index] : key, text));
  return [
    ...list(['command'], service.command ?? []),
    ...Object.entries(service.environment ?? {}).flatMap(([variable, value]) =>
      value === null ? [] : [at(['environment', variable], value)],
    ),
    ...(service.working_dir === undefined ? [] : [at(['working_dir'], service.working_dir)]),
    ...probeTexts(service).map(([key, text]) => at(['healthcheck', key], text)),
    ...[...fromFiles].map(([variable, { text, position }]) => ({
      service: name,
      text,
      report: ({ message, fix }: { readonly message: string; readonly fix: string }) =>
        report.push({ ...position, path: `services.${name}.env_file`, message: `${variable}: ${message}`, fix }),
    })),
  ];
};

const probeTexts = (service: CheckedService): readonly (readonly [string, string])[] => {
  const probe = service.healthcheck?.probe;
  if (probe?.kind === 'http') return [['http', probe.url]];
  if (probe?.kind === 'tcp') return [['tcp', probe.address]];
  if (probe?.kind === 'log') return [['log', probe.pattern]];
  if (probe?.kind === 'file') return [['file', probe.path]];
  // The key is `exec` or `test`: where it is not `exec`, the report looks for the excerpt in the whole healthcheck.
  if (probe?.kind === 'exec') return probe.command.map((text) => ['exec', text]);
  return [];
};
