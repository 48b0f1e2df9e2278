import { createHash, createPublicKey, verify } from 'node:crypto';
import type { SignatureResult } from '../signature.ts';

/**
Checks a minisign signature (https://jedisct1.github.io/minisign/): Ed25519 over the BLAKE2b-512 of the bytes (`ED`), or in
the old form over the bytes themselves (`Ed`); then the one over the trusted comment.
*/
export const checkMinisign = (publicKey: string, signature: string, signed: string): SignatureResult => {
  const failed = (why: string): SignatureResult => ({ state: 'failed', why });
  const key = Buffer.from(publicKey, 'base64');
  const lines = signature.split(/\r?\n/);
  const own = Buffer.from(lines[1] ?? '', 'base64');
  const [, comment] = /^trusted comment: (.*)$/.exec(lines[2] ?? '') ?? [];
  const global = Buffer.from(lines[3] ?? '', 'base64');
  if (key.length !== 42 || own.length !== 74 || global.length !== 64 || comment === undefined) {
    return failed('it is no minisign signature');
  }
  const algorithm = own.subarray(0, 2).toString('latin1');
  if (algorithm !== 'ED' && algorithm !== 'Ed')
    return failed(`its algorithm ${JSON.stringify(algorithm)} is not known`);
  if (!own.subarray(2, 10).equals(key.subarray(2, 10))) return failed('it is made with another key');
  const keyObject = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: key.subarray(10).toString('base64url') },
    format: 'jwk',
  });
  const message = algorithm === 'ED' ? createHash('blake2b512').update(signed).digest() : Buffer.from(signed);
  const core = own.subarray(10);
  if (!verify(null, message, keyObject, core)) return failed('it is of other bytes');
  const commented = Buffer.concat([core, Buffer.from(comment)]);
  if (!verify(null, commented, keyObject, global)) return failed('its comment was changed');
  return { state: 'verified', why: `minisign key ${publicKey}` };
};
