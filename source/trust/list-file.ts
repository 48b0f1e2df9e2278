/** The list of registries of this user; in the order they are laid over the one that came with booty. */
export const listFile = (home: string): string => `${home}/registries.json`;
