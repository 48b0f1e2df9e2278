import type { ConfigProblem } from '../core/errors/config.ts';
import type { CheckedDocument } from './check-document.ts';
import { findCycles } from './graph.ts';
import type { Report } from './report.ts';
import type { CheckedService } from './schema.ts';
import { didYouMean, nearest, wordToWrite } from './suggest.ts';

/** Checks what services say about each other and what a service lacks as a whole. Reports, and throws nothing. */
export const checkStack = (document: CheckedDocument, report: Report): void => {
  for (const [name, service] of document.services) {
    checkWhole(name, service, report);
    checkOffers(name, service, report);
    for (const [index, { service: other }] of (service.depends_on ?? []).entries()) {
      if (document.names.includes(other)) continue;
      report.add(dependencyPath(name, other, index, report), 'key', {
        message: `services.${name}.depends_on names ${JSON.stringify(other)}, which is no service${didYouMean(other, document.names)}`,
        fix: wordToWrite(other, document.names),
      });
    }
  }
  checkCycles(document, report);
  checkPorts(document, report);
};

const checkWhole = (name: string, service: CheckedService, report: Report): void => {
  const path = ['services', name];
  const isWritten = (key: string) => report.has([...path, key]);
  const hasComponent = isWritten('component');
  const isSlip = (problem: ConfigProblem): boolean => {
    const [, owner, key = '', ...rest] = problem.path.split('.');
    return owner === name && rest.length === 0 && nearest(key, ['command', 'component']) !== null;
  };
  const isRefused = ['image', 'build', 'entrypoint'].some(isWritten);
  const isEmpty = isWritten('command') ? service.command?.length === 0 : !isRefused && !report.problems.some(isSlip);
  if (!hasComponent && isEmpty) {
    report.add(isWritten('command') ? [...path, 'command'] : path, 'key', {
      message: `services.${name} has nothing to run: neither a command nor a component`,
      fix: `write \`command: ./${name}\` or \`component: nats-server\``,
    });
  }
  if (!hasComponent && service.version !== undefined) {
    report.add([...path, 'version'], 'key', {
      message: `services.${name}.version has no meaning without component`,
      fix: 'write `component: ...`, or remove it',
    });
  }
  if (!hasComponent && service.healthcheck?.probe.kind === 'catalog') {
    report.add([...path, 'healthcheck'], 'key', {
      message: `services.${name}.healthcheck asks nothing`,
      fix: 'add one of test, http, tcp, exec, log, file',
    });
  }
  const asksNothing = isWritten('healthcheck') ? service.healthcheck?.probe.kind === 'none' : !hasComponent;
  if (service.on_unhealthy !== undefined && asksNothing) {
    report.add([...path, 'on_unhealthy'], 'key', {
      message: `services.${name}.on_unhealthy has no healthcheck to act on`,
      fix: 'write a healthcheck, or remove it',
    });
  }
};

/** Which ports a component has is the catalog's knowledge; that one must be named is not. */
const checkOffers = (name: string, service: CheckedService, report: Report): void => {
  const known = Object.keys(service.ports ?? {});
  const isOwn = service.component === undefined;
  // Broken ports were reported, and what they would have been is not known.
  if (isOwn && known.length === 0 && report.has(['services', name, 'ports'])) return;
  for (const { kind, port, path } of service.offers ?? []) {
    const found = port === null ? '' : ` at its port ${JSON.stringify(port)}`;
    const place = ['services', name, 'offers', kind];
    if (isOwn && known.length === 0) {
      report.add(place, 'key', {
        message: `services.${name} offers ${kind}${found} and has no ports`,
        fix: `write \`ports: {${port ?? 'http'}: auto}\` in services.${name}`,
      });
    } else if (isOwn && port !== null && !known.includes(port)) {
      report.add([...place, 'port'], 'value', {
        message: `services.${name} offers ${kind}${found}, which it does not have${didYouMean(port, known)}`,
        fix: wordToWrite(port, known),
      });
    } else if (!isOwn && port === null) {
      report.add(place, 'key', {
        message: `services.${name} offers ${kind}, and which port of the component is meant is missing`,
        fix: `name the port: \`${kind}: {port: http, path: ${path === '' ? '/' : path}}\``,
      });
    }
  }
};

const checkCycles = (document: CheckedDocument, report: Report): void => {
  const edges = new Map(
    [...document.services].map(([name, service]) => [name, (service.depends_on ?? []).map((other) => other.service)]),
  );
  for (const cycle of findCycles(edges)) {
    const [name = '', next = ''] = cycle;
    const index = (edges.get(name) ?? []).indexOf(next);
    report.add(dependencyPath(name, next, index, report), 'key', {
      message: `services wait for each other in a circle: ${cycle.join(' → ')}`,
      fix: 'remove one of these dependencies',
    });
  }
};

/** In a list a dependency stands at its index, in a map at its name. */
const dependencyPath = (name: string, other: string, index: number, report: Report): readonly (string | number)[] => {
  const path = ['services', name, 'depends_on'];
  return report.has([...path, other]) ? [...path, other] : [...path, index];
};

type Holder = {
  readonly service: string;
  readonly port: string;
  readonly bind: string;
  readonly profiles: readonly string[];
};

const checkPorts = (document: CheckedDocument, report: Report): void => {
  const holders = new Map<number, Holder[]>();
  for (const [service, { ports = {}, bind = '127.0.0.1', profiles = [] }] of document.services) {
    for (const [port, number] of Object.entries(ports)) {
      if (number === 'auto') continue;
      const holder = { service, port, bind, profiles };
      const others = holders.get(number) ?? [];
      const other = others.find((before) => clash(before, holder));
      holders.set(number, [...others, holder]);
      if (other === undefined) continue;
      report.add(['services', service, 'ports', port], 'value', {
        message: `port ${number} is already taken by services.${other.service}.ports.${other.port}`,
        fix: 'write another number, or auto for any free one',
      });
    }
  }
};

const everyAddress = new Set(['0.0.0.0', '::']);

/** Services of different profiles may be alternatives to each other; unequal addresses have ports of their own. */
const clash = (left: Holder, right: Holder): boolean => {
  const sameAddress = left.bind === right.bind || everyAddress.has(left.bind) || everyAddress.has(right.bind);
  const alternatives =
    left.profiles.length > 0 &&
    right.profiles.length > 0 &&
    !left.profiles.some((profile) => right.profiles.includes(profile));
  return sameAddress && !alternatives;
};
