import { row } from './row.ts';

/** Errors of the stack room. A code never changes its meaning once released. `where` is `file:line:column` or null. */
export const stackErrors = {
  STACK_UNKNOWN: row<{ name: string; known: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `there is no stack named ${facts.name} (known: ${facts.known.join(', ') || 'none'})`,
    hint: () => 'name one with --stack NAME, or a file with -f FILE',
  }),
  PORT_TAKEN: row<{ service: string; port: number; holder: string; where: string | null }>({
    kind: 'world',
    exitCode: 4,
    message: (facts) =>
      `port ${facts.port} of ${facts.service}${facts.where ? ` (${facts.where})` : ''} is held by ${facts.holder}`,
    hint: () => 'end that process, write another number, or write `auto` to take any free port',
  }),
  COMPONENT_UNKNOWN: row<{
    service: string;
    component: string;
    nearest: string | null;
    known: readonly string[];
    where: string | null;
  }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}service ${facts.service}: there is no component ${JSON.stringify(facts.component)} (known: ${facts.known.join(', ')})`,
    hint: (facts) =>
      facts.nearest === null
        ? `write one of the known components, or \`command:\` to run a program of your own`
        : `did you mean \`component: ${facts.nearest}\`?`,
  }),
  SERVICE_NAME_RESERVED: row<{ service: string; where: string | null }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${prefix(facts.where)}a service cannot be named ${facts.service}: that is booty itself`,
    hint: (facts) => `give the service another name, such as ${facts.service}-1`,
  }),
  PORT_UNKNOWN: row<{
    service: string;
    component: string;
    port: string;
    known: readonly string[];
    where: string | null;
  }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}service ${facts.service}: ${facts.component} has no port ${JSON.stringify(facts.port)} (it has: ${facts.known.join(', ')})`,
    hint: (facts) => `write \`ports: {${facts.known[0] ?? 'http'}: NUMBER}\` or leave it out to take the default`,
  }),
  OFFER_UNKNOWN: row<{ service: string; kind: string; known: readonly string[]; where: string | null }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}service ${facts.service} offers ${JSON.stringify(facts.kind)}, which nothing knows how to use`,
    hint: (facts) => `offer one of: ${facts.known.join(', ')}`,
  }),
  OFFER_PORT_UNKNOWN: row<{
    service: string;
    kind: string;
    port: string;
    known: readonly string[];
    where: string | null;
  }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}service ${facts.service} offers ${facts.kind} at its port ${JSON.stringify(facts.port)}, which it does not have (it has: ${facts.known.join(', ') || 'none'})`,
    hint: (facts) => `write \`ports: {${facts.port}: auto}\` at ${facts.service}, or name a port it has`,
  }),
  REFERENCE_UNKNOWN: row<{
    service: string;
    reference: string;
    problem: string;
    fix: string;
    where: string | null;
  }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${prefix(facts.where)}service ${facts.service}: ${facts.reference}: ${facts.problem}`,
    hint: (facts) => facts.fix,
  }),
  REFERENCE_SECRET: row<{ service: string; reference: string; where: string | null }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}service ${facts.service}: ${facts.reference} holds a password, and every user of the machine sees command lines and probes`,
    hint: () =>
      'hand it over in the environment, under a plain name (`environment: {NATS_URL: …}`), and let the program read it there',
  }),
  SECRETS_UNREADABLE: row<{ path: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `the secrets of the stack cannot be read from ${facts.path}: ${facts.found}`,
    hint: (facts) => `put back the file as it was, or have new ones made up: rm ${facts.path}`,
  }),
  NEED_UNMET: row<{ service: string; need: string; components: readonly string[]; where: string | null }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}service ${facts.service} needs ${facts.need}, and no service of the stack offers it`,
    hint: (facts) =>
      facts.components.length === 0
        ? `add a service that offers ${facts.need}`
        : `add a service with one of the components: ${facts.components.join(', ')}`,
  }),
  NEED_AMBIGUOUS: row<{ service: string; need: string; providers: readonly string[]; where: string | null }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}service ${facts.service} needs one ${facts.need}, and ${facts.providers.join(' and ')} offer it`,
    hint: (facts) => `choose with \`depends_on: [${facts.providers[0] ?? 'NAME'}]\` at ${facts.service}`,
  }),
  DEPENDENCY_CYCLE: row<{ cycle: readonly string[]; where: string | null }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}services wait for each other: ${facts.cycle.join(' → ')} (what a component needs counts as depends_on)`,
    hint: () => 'take one of these out of the other’s `depends_on`',
  }),
  PROBE_ADDRESS_BAD: row<{ service: string; address: string; where: string | null }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${prefix(facts.where)}service ${facts.service}: ${JSON.stringify(facts.address)} is no host:port to probe`,
    hint: () => 'write for example `tcp: "127.0.0.1:${{ ports.http }}"`',
  }),
  EXECUTABLE_MISSING: row<{ service: string; package: string; executable: string; found: readonly string[] }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `the installed ${facts.package} has no executable ${facts.executable}, which ${facts.service} runs (it has: ${facts.found.join(', ') || 'none'})`,
    hint: (facts) => `install it again: booty uninstall ${facts.package} --force && booty install ${facts.package}`,
  }),
};

const prefix = (where: string | null): string => (where === null ? '' : `${where}: `);
