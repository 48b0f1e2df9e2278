import type { ServiceRow, StackDefinition } from '../core/model.ts';
import { membersOf } from '../stack/member.ts';
import { loginOf, urlWithLogin } from '../stack/login.ts';
import type { SecretTable } from '../stack/secrets.ts';
import { siteOf } from '../stack/site.ts';

/**
Where a running stack answers, as environment variables: for each service NAME_URL, NAME_HOST and NAME_PORT of its first
port, and NAME_PORTNAME_URL and NAME_PORTNAME_PORT of each (`NATS_URL`, `NATS_MONITOR_URL`); letters and digits are
kept, in upper case, all else becomes `_`. A URL carries the login its server asks for. BOOTY_STACK is the stack's name.
*/
export const stackUrls = (
  definition: StackDefinition,
  rows: readonly ServiceRow[],
  secrets: SecretTable,
): Readonly<Record<string, string>> => {
  const table = Object.fromEntries(rows.map(({ name, ports }) => [name, ports]));
  const variables: Record<string, string> = { BOOTY_STACK: definition.name };
  for (const member of membersOf(definition)) {
    const name = variable(member.service.name);
    for (const [place, port] of Object.keys(table[member.service.name] ?? {}).entries()) {
      const { origin, host, port: number } = siteOf(member, port, table);
      const url = urlWithLogin(origin, loginOf(member, port, secrets));
      variables[`${name}_${variable(port)}_URL`] = url;
      variables[`${name}_${variable(port)}_PORT`] = String(number);
      if (place === 0) Object.assign(variables, urlOf(name, url, host, number));
    }
  }
  return variables;
};

const urlOf = (name: string, url: string, host: string, port: number): Readonly<Record<string, string>> => ({
  [`${name}_URL`]: url,
  [`${name}_HOST`]: host,
  [`${name}_PORT`]: String(port),
});

const variable = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
