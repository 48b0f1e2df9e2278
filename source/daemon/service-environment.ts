/**
What services inherit of the environment booty was called in: all but what npm and booty put there for themselves. A
stack that came up through `npm start` must not look different from one that came up through `booty up`. BOOTY_OWN names
one that booty added for its daemon.
*/
export const serviceEnvironment = (environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(npm_|BOOTY_|INIT_CWD$|COLOR$)/.test(name) && name !== environment['BOOTY_OWN'],
    ),
  );
