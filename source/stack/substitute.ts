import type { Dirs } from '../catalog/recipe.ts';
import { substituteReferences, type Reference } from '../config/reference.ts';
import { nearest } from '../config/suggest.ts';
import { BootyError } from '../core/error.ts';
import { loginOf, urlWithLogin } from './login.ts';
import type { Member } from './member.ts';
import type { PortTable } from './ports.ts';
import { secretOf, type SecretTable } from './secrets.ts';
import { providerOf, siteOf } from './site.ts';

/** What references are looked up in. */
export type Scope = {
  /** The service whose text it is. */
  readonly member: Member;
  readonly members: readonly Member[];
  readonly ports: PortTable;
  /** null: each is shown as the mask. */
  readonly secrets: SecretTable | null;
  readonly dirs: Dirs;
  /** `file:line:column` of the text, or null. */
  readonly where: string | null;
};

/**
Who may see what a text becomes: `public` is a command line or a probe, which the machine's list of processes, events
and screens show; `private` is the environment of a service, which this user's processes can read and no others.
*/
export type Place = 'public' | 'private';

/**
Puts the values of the stack in place of a text's `${{ … }}`. An offer's parts are `url` (also without a part), `host`,
`port` and `path`, and `user` and `password` where it asks for a login, which is then in every URL as well;
`secrets.NAME` is one of a system's secrets. Throws REFERENCE_UNKNOWN for what the stack does not have, and
REFERENCE_SECRET for a secret in a public place.
*/
export const substitute = (text: string, scope: Scope, place: Place): string =>
  substituteReferences(text, (reference, source) => {
    const found = lookUp(reference, scope);
    if (typeof found === 'string') return found;
    const facts = { service: scope.member.service.name, reference: source, where: scope.where };
    if ('problem' in found) throw new BootyError('REFERENCE_UNKNOWN', { ...facts, ...found });
    if (place === 'public') throw new BootyError('REFERENCE_SECRET', facts);
    return found.secret;
  });

type Missing = { readonly problem: string; readonly fix: string };
type Secret = { readonly secret: string };

const lookUp = (reference: Reference, scope: Scope): string | Secret | Missing => {
  if (reference.kind === 'dir') return scope.dirs[reference.dir];
  if (reference.kind === 'port') return portOf(scope.member, reference.port, scope);
  const other = scope.members.find(({ service }) => service.name === reference.service);
  if (!other) {
    const names = scope.members.map(({ service }) => service.name);
    return missing(`there is no service ${reference.service}`, reference.service, names);
  }
  if (reference.kind === 'servicePort') return portOf(other, reference.port, scope);
  if (reference.kind === 'offer' && reference.offer === 'secrets') return secretPart(other, reference.part, scope);
  if (reference.kind === 'offer') return offerPart(other, reference.offer, reference.part ?? 'url', scope);
  const [first] = Object.keys(other.ports);
  if (first === undefined) return portless(other);
  const site = siteOf(other, first, scope.ports);
  return reference.kind === 'url' ? urlOf(site.origin, other, first, scope) : site.host;
};

/** With the login its port asks for, which makes it a secret. */
const urlOf = (url: string, member: Member, port: string, scope: Scope): string | Secret => {
  const login = loginOf(member, port, scope.secrets);
  return login === null ? url : { secret: urlWithLogin(url, login) };
};

const portless = (member: Member): Missing => {
  const name = member.service.name;
  return { problem: `${name} has no port`, fix: `give it one: \`ports: {http: auto}\` at ${name}` };
};

const portOf = (member: Member, port: string, scope: Scope): string | Missing =>
  Object.hasOwn(member.ports, port)
    ? String(siteOf(member, port, scope.ports).port)
    : missing(`${member.service.name} has no port ${port}`, port, Object.keys(member.ports));

const secretPart = (member: Member, name: string | null, scope: Scope): string | Secret | Missing => {
  const known = member.recipe?.secrets ?? [];
  return name !== null && known.includes(name)
    ? { secret: secretOf(member, name, scope.secrets) }
    : missing(`${member.service.name} has no secret ${name ?? 'without a name'}`, name ?? '', known);
};

const offerPart = (member: Member, kind: string, part: string, scope: Scope): string | Secret | Missing => {
  const offer = member.offers.find((candidate) => candidate.kind === kind);
  if (!offer) {
    const known = ['url', 'host', 'ports', ...member.offers.map((candidate) => candidate.kind)];
    return missing(`${member.service.name} does not offer ${kind}`, kind, known);
  }
  const provider = providerOf(member, offer, scope.ports);
  const login = loginOf(member, offer.port, scope.secrets);
  const parts: Readonly<Record<string, string | Secret>> = {
    url: urlOf(provider.url, member, offer.port, scope),
    host: provider.host,
    port: String(provider.port),
    path: provider.path,
    ...(login && { user: login.user, password: { secret: login.password } }),
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
