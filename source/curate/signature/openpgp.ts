import type { SignatureResult, SignatureWorld } from '../signature.ts';

const checkMsMax = 30_000;

/**
Checks a detached OpenPGP signature with gpgv and a keyring that holds the vendor's key and no other. Where there is no gpgv
or no keyring nothing is checked, and that is said.
*/
export const checkOpenpgp = async (
  { files, host }: Pick<SignatureWorld, 'files' | 'host'>,
  keyring: string,
  signature: Uint8Array,
  signed: string,
  signal: AbortSignal,
): Promise<SignatureResult> => {
  const gpgv = await host.findExecutable('gpgv', '/', host.environment['PATH'] ?? '');
  if (gpgv === null) return { state: 'not-checked', why: 'no gpgv on PATH' };
  if ((await files.stat(keyring)) === null) {
    const why = `no key of the vendor at ${keyring} (gpg --dearmor makes one of what the vendor publishes)`;
    return { state: 'not-checked', why };
  }
  const folder = await files.makeTemporary(host.temporaryFolder, 'booty-signature-');
  try {
    const [signatureFile, signedFile] = [`${folder}/signature`, `${folder}/signed`];
    await files.writeAtomic(signatureFile, armored(signature), 0o600);
    await files.writeAtomic(signedFile, signed, 0o600);
    const command = [gpgv, '--homedir', folder, '--status-fd', '1', '--keyring', keyring, signatureFile, signedFile];
    const { code, stdout, stderr } = await host.run(command, { timeoutMs: checkMsMax, signal });
    const [, fingerprint] = /^\[GNUPG:\] VALIDSIG (\S+)/m.exec(stdout) ?? [];
    if (code === 0 && fingerprint !== undefined) return { state: 'verified', why: `OpenPGP key ${fingerprint}` };
    const said =
      stderr
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^gpgv: /, '') ?? '';
    return { state: 'failed', why: said === '' ? `gpgv ended with ${code}` : said };
  } finally {
    await files.remove(folder);
  }
};

/** A signature as text: binary ones in the armour of RFC 9580, whose checksum may be left out. */
const armored = (signature: Uint8Array): string => {
  const bytes = Buffer.from(signature);
  if (bytes.subarray(0, 5).toString('latin1') === '-----') return bytes.toString('latin1');
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PGP SIGNATURE-----', '', ...lines, '-----END PGP SIGNATURE-----', ''].join('\n');
};
