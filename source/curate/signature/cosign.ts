import type { Signature } from '../../registry/updater-schema.ts';
import type { SignatureResult, SignatureWorld } from '../signature.ts';

/** It asks sigstore's log over the network. */
const checkMsMax = 60_000;

/**
Checks a keyless signature of sigstore with the vendor's own tool, cosign, where that is on PATH: that the bytes were signed
by the workflow the registry names, and that the log of sigstore has it.
*/
export const checkCosign = async (
  { files, host }: Pick<SignatureWorld, 'files' | 'host'>,
  { identity, issuer }: Extract<Signature, { readonly kind: 'cosign' }>,
  parts: Readonly<Record<'signature' | 'certificate' | 'signed', string>>,
  signal: AbortSignal,
): Promise<SignatureResult> => {
  const cosign = await host.findExecutable('cosign', '/', host.environment['PATH'] ?? '');
  if (cosign === null) return { state: 'not-checked', why: 'no cosign on PATH' };
  const folder = await files.makeTemporary(host.temporaryFolder, 'booty-signature-');
  try {
    for (const [name, text] of Object.entries(parts)) await files.writeAtomic(`${folder}/${name}`, text, 0o600);
    const words = ['--signature', `${folder}/signature`, '--certificate', `${folder}/certificate`];
    const who = ['--certificate-identity-regexp', identity, '--certificate-oidc-issuer', issuer];
    const command = [cosign, 'verify-blob', ...words, ...who, `${folder}/signed`];
    const { code, stderr } = await host.run(command, { timeoutMs: checkMsMax, signal });
    if (code === 0) return { state: 'verified', why: `cosign, ${identity}` };
    return { state: 'failed', why: stderr.trim().split('\n').at(-1) || `cosign ended with ${code}` };
  } finally {
    await files.remove(folder);
  }
};
