import { hashicorpKey } from './hashicorp.ts';

/** Keys of vendors that came with booty, in armour, by the fingerprint of the primary key as the registry names it. */
export const vendorKeys: Readonly<Record<string, string>> = {
  C874011F0AB405110D02105534365D9472D7468F: hashicorpKey,
};
