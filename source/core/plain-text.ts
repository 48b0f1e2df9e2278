// Control characters, and what changes the direction of text.
const unsafe = /\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** True for text that could do something else to a terminal, or to a reader, than show its words. */
export const isUnsafe = (text: string): boolean => text.search(unsafe) >= 0;

/** The text with U+FFFD in the place of each character that is not to be shown, but for those that are allowed. */
export const plainText = (text: string, allowed = ''): string =>
  text.replace(unsafe, (found) => (allowed.includes(found) ? found : '\uFFFD'));
