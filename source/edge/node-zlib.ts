/** node:zlib, loaded at the first call: few commands pack or unpack. */
export const nodeZlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');
