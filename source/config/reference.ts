import { BootyError } from '../core/error.ts';
import { faulty, parsed, type Parsed } from './fault.ts';

/** What a `${{ … }}` asks for. Whether the service, its offer or port exists is for the reader to look up. */
export type Reference =
  /** `ports.http`: a port of the service itself. */
  | { readonly kind: 'port'; readonly port: string }
  /** `dirs.data`: a folder of the service itself. */
  | { readonly kind: 'dir'; readonly dir: (typeof referenceDirs)[number] }
  /** `services.nats.url`: the first URL of another service. */
  | { readonly kind: 'url'; readonly service: string }
  /** `services.nats.host`: the address another service listens at. */
  | { readonly kind: 'host'; readonly service: string }
  /** `services.nats.ports.client`: a port of another service. */
  | { readonly kind: 'servicePort'; readonly service: string; readonly port: string }
  /** `services.nats.nats`, `services.vm.metrics.url`: what another service offers, and a part of it. */
  | { readonly kind: 'offer'; readonly service: string; readonly offer: string; readonly part: string | null };

/** A text cut at its references; `source` is the reference as written, with its braces. */
export type ReferencePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly reference: Reference; readonly source: string };

/** The folders a service has of its own. */
export const referenceDirs = ['data', 'config', 'logs'] as const;

/**
Cuts a text at its references. The grammar, the only one in booty: `${{ ports.NAME }}`, `${{ dirs.data|config|logs }}`,
`${{ services.NAME.url|host }}`, `${{ services.NAME.ports.PORT }}`, `${{ services.NAME.OFFER[.PART] }}`. Before `{{` two
dollars stand for one: `$${{ x }}` is the text `${{ x }}`. Every other dollar is itself.
*/
export const parseReferences = (text: string): Parsed<readonly ReferencePart[]> => {
  const parts: ReferencePart[] = [];
  let plain = '';
  let from = 0;
  for (const run of dollarRuns(text)) {
    // A reference that was read just now may itself hold dollars.
    if (run.index < from) continue;
    plain += text.slice(from, run.index) + '$'.repeat(Math.floor(run.dollars / 2));
    from = run.index + run.dollars;
    if (run.dollars % 2 === 0) continue;
    const end = text.indexOf('}}', from);
    if (end === -1) return faulty('a ${{ is not closed', 'close it with }}, or write $${{ for the text ${{', '${{');
    const source = `$${text.slice(from, end + 2)}`;
    const reference = parseReference(source);
    if (!reference.ok) return reference;
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
    parts.push({ kind: 'reference', reference: reference.value, source });
    from = end + 2;
  }
  plain += text.slice(from);
  if (plain !== '') parts.push({ kind: 'text', text: plain });
  return parsed(parts);
};

/**
Puts the value of each reference in its place and undoes the doubled dollars. `valueOf` may throw; values are taken as
they are and not read again. Throws CONFIG_REFERENCE_BAD when the text breaks the grammar.
*/
export const substituteReferences = (
  text: string,
  valueOf: (reference: Reference, source: string) => string,
): string => {
  const parts = parseReferences(text);
  if (!parts.ok) {
    throw new BootyError('CONFIG_REFERENCE_BAD', { text, found: parts.fault.message, fix: parts.fault.fix });
  }
  return parts.value.map((part) => (part.kind === 'text' ? part.text : valueOf(part.reference, part.source))).join('');
};

/** Doubles the dollars before each `{{`, so that `parseReferences` gives the text back unchanged. */
export const escapeReferences = (text: string): string =>
  text.replaceAll(/\$+(?=\{\{)/g, (dollars) => dollars + dollars);

/** Every run of dollars that stands directly before `{{`. */
const dollarRuns = (text: string): readonly { readonly index: number; readonly dollars: number }[] =>
  [...text.matchAll(/\$+(?=\{\{)/g)].map((match) => ({ index: match.index, dollars: match[0].length }));

const parseReference = (source: string): Parsed<Reference> => {
  const path = source.slice(3, -2).trim();
  const words = path.split('.');
  const wrong = (message: string, fix: string) => faulty(`${source}: ${message}`, fix, source);
  if (!words.every((word) => /^[a-z0-9][a-z0-9_-]*$/i.test(word))) return wrong('this is no reference', knownForms);
  const [root = '', first = '', second, third, ...rest] = words;
  if (root === 'ports' && words.length === 2) return parsed({ kind: 'port', port: first });
  if (root === 'dirs' && words.length === 2) {
    const dir = referenceDirs.find((known) => known === first);
    return dir
      ? parsed({ kind: 'dir', dir })
      : wrong(`there is no folder ${first}`, 'write dirs.data, dirs.config or dirs.logs');
  }
  if (root !== 'services' || second === undefined || rest.length > 0) return wrong('this is no reference', knownForms);
  if (second === 'ports') {
    return third === undefined
      ? wrong('which port is meant is missing', `name the port: \${{ services.${first}.ports.http }}`)
      : parsed({ kind: 'servicePort', service: first, port: third });
  }
  if (second === 'url' || second === 'host') {
    return third === undefined
      ? parsed({ kind: second, service: first })
      : wrong(`${second} has no parts`, `write \${{ services.${first}.${second} }}`);
  }
  return parsed({ kind: 'offer', service: first, offer: second, part: third ?? null });
};

const knownForms =
  'write one of ${{ ports.NAME }}, ${{ dirs.data }}, ${{ services.NAME.url }}, ${{ services.NAME.host }}, ' +
  '${{ services.NAME.ports.PORT }}, ${{ services.NAME.OFFER }}';
