import { sign as signBytes } from 'node:crypto';
import { Signature } from '@tufjs/models';
import { BootyError } from '../../core/error.ts';
import type { AnyDocument, RootDocument } from './documents.ts';
import type { Signer } from './keys.ts';
import type { RoleName } from './roles.ts';

/** The private keys that are there, and where they were looked for. */
export type KeyRing = { readonly folder: string; readonly signers: ReadonlyMap<string, Signer> };

/** True when as many keys of the role have signed as the root asks for. */
export const isSignedFor = (root: RootDocument, role: RoleName, document: AnyDocument): boolean => {
  try {
    root.verifyDelegate(role, document);
    return true;
  } catch {
    return false;
  }
};

/**
Signs with every private key of a role that is there, by the word of each authority (of a root: the one before it, and
itself). Throws TRUST_KEYS_MISSING when that is not enough for one of them.
*/
export const signFor = (
  ring: KeyRing,
  role: RoleName,
  document: AnyDocument,
  authorities: readonly RootDocument[],
): void => {
  const ids = new Set(authorities.flatMap((root) => root.signed.roles[role]?.keyIDs ?? []));
  for (const id of ids) {
    const signer = ring.signers.get(id);
    if (signer === undefined) continue;
    document.sign(
      (data) => new Signature({ keyID: id, sig: signBytes(null, data, signer.privateKey).toString('hex') }),
    );
  }
  for (const root of authorities) {
    if (isSignedFor(root, role, document)) continue;
    const { threshold = 1, keyIDs = [] } = root.signed.roles[role] ?? {};
    const absent = keyIDs.filter((id) => !ring.signers.has(id));
    const missing = absent.map((id) => `${role}-${id.slice(0, 8)}.pem`);
    const there = keyIDs.length - absent.length;
    throw new BootyError('TRUST_KEYS_MISSING', { role, there, threshold, missing, folder: ring.folder });
  }
};
