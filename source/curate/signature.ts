import type { World } from '../ports.ts';
import type { Signature } from '../registry/updater-schema.ts';
import { fill, type Filling } from '../registry/template.ts';
import type { Ask } from './ask.ts';
import { checkCosign } from './signature/cosign.ts';
import { checkMinisign } from './signature/minisign.ts';
import { checkOpenpgp } from './signature/openpgp.ts';

/**
What a signature came to. `unsigned`: upstream is known not to sign. `not-checked`: it signs, or may sign, and here is no key
or no tool to check it with. `failed`: it does not hold, and nothing of that version may be taken.
*/
export type SignatureResult = {
  readonly state: 'verified' | 'unsigned' | 'not-checked' | 'failed';
  /** Who signed, or why it was not checked, to stand after a colon. */
  readonly why: string;
};

export type SignatureWorld = Pick<World, 'files' | 'host'> & {
  readonly ask: Ask;
  /** BOOTY_HOME/keys: `<package>.gpg` is the keyring that signatures of a package are checked with, before any that came with booty. */
  readonly keysFolder: string;
};

/** Checks the vendor's signature over a file of checksums. Throws what asking for the signature fails with. */
export const checkSignature = async (
  world: SignatureWorld,
  packageName: string,
  signature: Signature,
  filling: Filling,
  signed: string,
  signal: AbortSignal,
): Promise<SignatureResult> => {
  if (signature.kind === 'none') return { state: 'unsigned', why: 'upstream signs nothing, as far as is known' };
  if (signature.kind === 'unknown') {
    return { state: 'not-checked', why: 'the registry does not know whether upstream signs' };
  }
  const url = fill(signature.url, filling);
  const document = await world.ask(url);
  if (document === null) return { state: 'failed', why: `there is no signature at ${url}` };
  switch (signature.kind) {
    case 'minisign':
      return checkMinisign(signature.publicKey, document.text, signed);
    case 'openpgp':
      return checkOpenpgp(world, signature, `${world.keysFolder}/${packageName}.gpg`, document.bytes, signed, signal);
    case 'cosign': {
      const certificate = await world.ask(fill(signature.certificate, filling));
      if (certificate === null) return { state: 'failed', why: `there is no certificate beside ${url}` };
      return checkCosign(world, signature, { signature: document.text, certificate: certificate.text, signed }, signal);
    }
  }
};
