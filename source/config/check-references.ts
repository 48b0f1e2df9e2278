import { BootyError } from '../core/error.ts';
import type { CheckedDocument } from './check-document.ts';
import type { Fault } from './fault.ts';
import { parseReferences, type Reference } from './reference.ts';
import type { CheckedService } from './schema.ts';
import { didYouMean, wordToWrite } from './suggest.ts';

/** A text of a service that may hold references, and how to report a fault in it. */
export type ReferringText = {
  readonly service: string;
  readonly text: string;
  readonly report: (fault: Fault) => void;
};

/**
Checks the references of a text as far as booty.yaml alone can say: the form, the service named, and the ports of
services that run a command of their own. What a component has and offers is the catalog's knowledge.
*/
export const checkReferences = ({ service, text, report }: ReferringText, document: CheckedDocument): void => {
  if (!text.includes('{{')) return;
  const parts = parseReferences(text);
  if (!parts.ok) {
    report(parts.fault);
    return;
  }
  for (const part of parts.value) {
    if (part.kind === 'text') continue;
    const found = checkReference(part.reference, service, document);
    if (found !== null) report({ message: `${part.source}: ${found.message}`, fix: found.fix, excerpt: part.source });
  }
};

const checkReference = (reference: Reference, self: string, document: CheckedDocument): Fault | null => {
  if (reference.kind === 'dir') return null;
  const name = reference.kind === 'port' ? self : reference.service;
  if (!document.names.includes(name)) {
    return {
      message: `there is no service ${JSON.stringify(name)}${didYouMean(name, document.names)}`,
      fix: wordToWrite(name, document.names),
    };
  }
  const service = document.services.get(name);
  // A broken service is reported on its own; a component's ports and offers are known to the catalog only.
  if (service === undefined || service.component !== undefined) return null;
  switch (reference.kind) {
    case 'port':
    case 'servicePort':
      return checkPort(reference.port, name, service);
    case 'url':
      return Object.keys(service.ports ?? {}).length > 0 ? null : noPorts(name);
    case 'host':
      return null;
    case 'offer':
      return checkOffer(reference.offer, name, service);
    default:
      throw new BootyError('ASSERTION', { claim: `the reference ${JSON.stringify(reference)} is of a known kind` });
  }
};

const checkOffer = (offer: string, name: string, service: CheckedService): Fault | null => {
  const known = (service.offers ?? []).map(({ kind }) => kind);
  if (known.includes(offer)) return null;
  if (known.length > 0) {
    return { message: `${name} offers no ${offer}${didYouMean(offer, known)}`, fix: wordToWrite(offer, known) };
  }
  return {
    message: `${name} runs a command of its own, which offers no ${offer}`,
    fix: `write \${{ services.${name}.url }}, \${{ services.${name}.host }} or \${{ services.${name}.ports.NAME }}`,
  };
};

const checkPort = (port: string, name: string, service: CheckedService): Fault | null => {
  const known = Object.keys(service.ports ?? {});
  if (known.includes(port)) return null;
  if (known.length === 0) return noPorts(name, port);
  return {
    message: `${name} has no port ${JSON.stringify(port)}${didYouMean(port, known)}`,
    fix: wordToWrite(port, known),
  };
};

const noPorts = (name: string, port = 'http'): Fault => ({
  message: `${name} has no ports`,
  fix: `write \`ports: {${port}: auto}\` in services.${name}`,
});
