import type { Dirs } from '../catalog/recipe.ts';
import { substituteReferences, type Reference } from '../config/reference.ts';
import { nearest } from '../config/suggest.ts';
import { BootyError } from '../core/error.ts';
import type { Member } from './member.ts';
import type { PortTable } from './ports.ts';
import { providerOf, siteOf, type Site } from './site.ts';

/** What references are looked up in. */
export type Scope = {
  /** The service whose text it is. */
  readonly member: Member;
  readonly members: readonly Member[];
  readonly ports: PortTable;
  readonly dirs: Dirs;
  /** `file:line:column` of the text, or null. */
  readonly where: string | null;
};

/**
Puts the values of the stack in place of a text's `${{ … }}`. An offer's parts are `url` (also without a part), `host`,
`port` and `path`. Throws REFERENCE_UNKNOWN for what the stack does not have.
*/
export const substitute = (text: string, scope: Scope): string =>
  substituteReferences(text, (reference, source) => {
    const found = lookUp(reference, scope);
    if (typeof found === 'string') return found;
    throw new BootyError('REFERENCE_UNKNOWN', {
      service: scope.member.service.name,
      reference: source,
      problem: found.problem,
      fix: found.fix,
      where: scope.where,
    });
  });

type Missing = { readonly problem: string; readonly fix: string };

const lookUp = (reference: Reference, scope: Scope): string | Missing => {
  if (reference.kind === 'dir') return scope.dirs[reference.dir];
  if (reference.kind === 'port') return portOf(scope.member, reference.port, scope);
  const other = scope.members.find(({ service }) => service.name === reference.service);
  if (!other) {
    const names = scope.members.map(({ service }) => service.name);
    return missing(`there is no service ${reference.service}`, reference.service, names);
  }
  if (reference.kind === 'servicePort') return portOf(other, reference.port, scope);
  if (reference.kind === 'offer') return offerPart(other, reference.offer, reference.part ?? 'url', scope);
  const site = mainSite(other, scope);
  if ('problem' in site) return site;
  return reference.kind === 'url' ? site.origin : site.host;
};

const mainSite = (member: Member, scope: Scope): Site | Missing => {
  const [first] = Object.keys(member.ports);
  if (first !== undefined) return siteOf(member, first, scope.ports);
  const name = member.service.name;
  return { problem: `${name} has no port`, fix: `give it one: \`ports: {http: auto}\` at ${name}` };
};

const portOf = (member: Member, port: string, scope: Scope): string | Missing =>
  Object.hasOwn(member.ports, port)
    ? String(siteOf(member, port, scope.ports).port)
    : missing(`${member.service.name} has no port ${port}`, port, Object.keys(member.ports));

const offerPart = (member: Member, kind: string, part: string, scope: Scope): string | Missing => {
  const offer = member.offers.find((candidate) => candidate.kind === kind);
  if (!offer) {
    const known = ['url', 'host', 'ports', ...member.offers.map((candidate) => candidate.kind)];
    return missing(`${member.service.name} does not offer ${kind}`, kind, known);
  }
  const provider = providerOf(member, offer, scope.ports);
  const parts: Readonly<Record<string, string>> = {
    url: provider.url,
    host: provider.host,
    port: String(provider.port),
    path: provider.path,
  };
  return Object.hasOwn(parts, part)
    ? (parts[part] ?? '')
    : missing(`${kind} has no part ${part}`, part, Object.keys(parts));
};

const missing = (problem: string, word: string, known: readonly string[]): Missing => {
  const near = nearest(word, known);
  const list = known.length === 0 ? 'there is none to name' : `known: ${known.join(', ')}`;
  return { problem, fix: near === null ? list : `did you mean ${near}? (${list})` };
};
