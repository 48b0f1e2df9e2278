import type { Signature } from '../../registry/updater-schema.ts';
import { vendorKeys } from '../keys/vendor-keys.ts';
import type { SignatureResult, SignatureWorld } from '../signature.ts';

const checkMsMax = 30_000;

/**
Checks a detached OpenPGP signature with gpgv. A keyring of one's own counts before a key that came with booty, which has to
be the one whose fingerprint the registry names. Where there is no gpgv or no key nothing is checked, and that is said.
*/
export const checkOpenpgp = async (
  { files, host }: Pick<SignatureWorld, 'files' | 'host'>,
  { fingerprint }: Pick<Extract<Signature, { readonly kind: 'openpgp' }>, 'fingerprint'>,
  ownKeyring: string,
  signature: Uint8Array,
  signed: string,
  signal: AbortSignal,
): Promise<SignatureResult> => {
  const gpgv = await host.findExecutable('gpgv', '/', host.environment['PATH'] ?? '');
  if (gpgv === null) return { state: 'not-checked', why: 'no gpgv on PATH' };
  const isOwn = (await files.stat(ownKeyring)) !== null;
  const key =
    fingerprint === undefined || !Object.hasOwn(vendorKeys, fingerprint) ? undefined : vendorKeys[fingerprint];
  if (!isOwn && key === undefined) {
    const why = `no key of the vendor at ${ownKeyring} (gpg --dearmor makes one of what the vendor publishes)`;
    return { state: 'not-checked', why };
  }
  const folder = await files.makeTemporary(host.temporaryFolder, 'booty-signature-');
  try {
    const [signatureFile, signedFile] = [`${folder}/signature`, `${folder}/signed`];
    await files.append(signatureFile, signature, 0o600);
    await files.append(signedFile, signed, 0o600);
    const keyring = isOwn ? ownKeyring : `${folder}/vendor.gpg`;
    if (!isOwn && key !== undefined) await files.append(keyring, dearmored(key), 0o600);
    const command = [gpgv, '--homedir', folder, '--status-fd', '1', '--keyring', keyring, signatureFile, signedFile];
    const { code, stdout, stderr } = await host.run(command, { timeoutMs: checkMsMax, signal });
    return isOwn || fingerprint === undefined
      ? resultOf(code, stdout, stderr, null, ` of ${ownKeyring}`)
      : resultOf(code, stdout, stderr, fingerprint, '');
  } finally {
    await files.remove(folder);
  }
};

/**
What gpgv said. Its exit code is no word on keys that were revoked or signatures that expired: it ends with 0 for both, so
that only what it names good counts. A key that expired since made its signatures while it was good, as far as can be told.
*/
const resultOf = (
  code: number | null,
  stdout: string,
  stderr: string,
  fingerprint: string | null,
  whose: string,
): SignatureResult => {
  const has = (word: string): boolean => new RegExp(`^\\[GNUPG:\\] ${word} `, 'm').test(stdout);
  const primary = /^\[GNUPG:\] VALIDSIG (?:\S+ ){9}(\S+)/m.exec(stdout)?.[1];
  if (has('REVKEYSIG')) return { state: 'failed', why: 'it is made with a key that its owner revoked' };
  if (has('EXPSIG')) return { state: 'failed', why: 'it is a signature that has expired' };
  if (code === 0 && primary !== undefined && (has('GOODSIG') || has('EXPKEYSIG'))) {
    if (fingerprint !== null && primary !== fingerprint) {
      return { state: 'failed', why: `it is made with ${primary}, and the registry names ${fingerprint}` };
    }
    return { state: 'verified', why: `OpenPGP key ${primary}${whose}${has('GOODSIG') ? '' : ', expired since'}` };
  }
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return { state: 'failed', why: said === '' ? `gpgv ended with ${code}` : said.replace(/^gpgv: /, '') };
};

/** The bytes of a key in armour, as gpgv wants a keyring: between the empty line and the checksum. */
const dearmored = (text: string): Uint8Array => {
  const [, body = ''] = text.split('\n\n');
  return Buffer.from(body.replace(/\n[=-][^]*$/, ''), 'base64');
};
