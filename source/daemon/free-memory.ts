/**
Gives the memory of bytes back at once, where this Node can (from 21 on): what a small heap holds outside of itself is
otherwise kept until the heap is cleared, which has no reason to happen. Nobody may hold a part of them any more. Bytes of a
pool stay.
*/
export const freeMemory = (bytes: Uint8Array): void => {
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength <= Buffer.poolSize) return;
  const owned: { readonly transfer?: (lengthBytes: number) => unknown } = buffer;
  owned.transfer?.(0);
};
