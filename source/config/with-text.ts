import type { Files } from '../ports.ts';

/**
The files as they would be with this text at `path`: for looking at a booty.yaml before it is written. Only what the
loader asks of a file is answered from the text (`stat`, `readRange`, `readText`); all else is the real thing.
*/
export const withText = (files: Files, path: string, text: string): Files => {
  const bytes = new TextEncoder().encode(text);
  return {
    ...files,
    stat: async (asked) =>
      asked === path
        ? { sizeBytes: bytes.length, modifiedAtMs: 0, kind: 'file', mode: 0o644, userId: 0 }
        : files.stat(asked),
    readRange: async (asked, fromByte, lengthBytes) =>
      asked === path ? bytes.slice(fromByte, fromByte + lengthBytes) : files.readRange(asked, fromByte, lengthBytes),
    readText: async (asked) => (asked === path ? text : files.readText(asked)),
  };
};
