import type { Store } from './store.ts';

/**
A store for who lives long: before each piece of work it asks whether what it is made of has changed (`mark`), and is made
anew then. What cannot be made anew now is told to who asked; the work under way goes on with what it began with.
*/
export const createFollowingStore = async (of: {
  readonly mark: () => Promise<string>;
  readonly make: () => Promise<Store>;
}): Promise<Store> => {
  let mark = await of.mark();
  let store = await of.make();
  let changing: Promise<Store> = Promise.resolve(store);
  const look = async (): Promise<Store> => {
    const now = await of.mark();
    if (now === mark) return store;
    store = await of.make();
    mark = now;
    return store;
  };
  const current = (): Promise<Store> => {
    changing = changing.then(look, look);
    return changing;
  };
  return {
    find: async (component, range, pin) => (await current()).find(component, range, pin),
    requireSound: async (installed) => (await current()).requireSound(installed),
    list: async () => (await current()).list(),
    overview: async () => (await current()).overview(),
    audit: async () => (await current()).audit(),
    // At once, hence by what was read last.
    entry: (component) => store.entry(component),
    choose: async (...ask) => (await current()).choose(...ask),
    offers: async (...ask) => (await current()).offers(...ask),
    repair: async (...ask) => (await current()).repair(...ask),
    remove: async (...ask) => (await current()).remove(...ask),
    clone: async (...ask) => (await current()).clone(...ask),
    checkMirror: async (...ask) => (await current()).checkMirror(...ask),
    install: async (...ask) => (await current()).install(...ask),
  };
};
