/** Of node:crypto, loaded at the first call: it takes a command as long to start as the rest of what it loads. */
const nodeCrypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

/** A hash by the name OpenSSL has for it (`sha256`); throws for a name it does not know. */
export const createHash = (algorithm: string): import('node:crypto').Hash => nodeCrypto().createHash(algorithm);

/** So many bytes of the machine's own chance. */
export const randomBytes = (count: number): Buffer => nodeCrypto().randomBytes(count);
