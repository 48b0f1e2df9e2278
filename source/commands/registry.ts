import { BootyError } from '../core/error.ts';
import { yesOption } from './ask.ts';
import { type Command, jsonOption } from './context.ts';
import { addRegistry } from './registry/add.ts';
import { registryKeys } from './registry/keys.ts';
import { listRegistries } from './registry/list.ts';
import { removeRegistry } from './registry/remove.ts';
import { signRegistry } from './registry/sign.ts';
import { updateRegistries } from './registry/update.ts';
import type { RegistryVerb } from './registry/verb.ts';

const show: RegistryVerb = {
  name: 'show',
  usage: 'registry show [NAME…] [--json]',
  summary: 'what is known of each system, its upstream, weaknesses and bytes',
  options: {},
  wordsMin: 0,
  wordsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => (await import('./registry/show.ts')).showRegistry(context, args, args.positionals),
};

const lint: RegistryVerb = {
  name: 'lint',
  usage: 'registry lint [FILE] [--json]',
  summary: 'what is inconsistent in a registry file, its line, what to change',
  options: {},
  wordsMin: 0,
  wordsMax: 1,
  run: async (context, args) => (await import('./registry/lint.ts')).lintFile(context, args),
};

const bump: RegistryVerb = {
  name: 'bump',
  usage: 'registry bump [NAME[@RANGE]…] [--plan] [-y]',
  summary: 'ask upstreams for newer versions, and write them into the file',
  options: {
    plan: { type: 'boolean', help: 'show what would be written, and write nothing' },
    registry: { type: 'string', value: 'FILE', help: 'the registry file (default: the one that came with booty)' },
    ...yesOption,
  },
  wordsMin: 0,
  wordsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => (await import('./registry/bump.ts')).bumpFile(context, args),
};

/** Every word after `booty registry`, in the order help lists them. */
const verbs: readonly RegistryVerb[] = [
  show,
  lint,
  bump,
  listRegistries,
  addRegistry,
  removeRegistry,
  updateRegistries,
  signRegistry,
  registryKeys,
];

export const registry: Command = {
  name: 'registry',
  summary: 'look into the registries that versions come from, and choose them',
  usage: `registry ${verbs.map(({ name }) => name).join(' | ')} …`,
  details: [
    'A registry says which versions there are, where, and by which hashes. Registries are laid one over the other: the one',
    'that came with booty, those you added in their order (or those of BOOTY_REGISTRY=PATH,NAME), then the project’s',
    'booty.registry.json beside booty.yaml. A later one may add packages, versions and platforms; other bytes for a',
    'version that one before it names are refused, unless it says override: true at the version. One on a host is believed',
    'by TUF, from the root it was added with; more is in docs/registries.md.',
    ...verbs.flatMap(({ usage, summary }) => ['', `booty ${usage}`, `    ${summary}`]),
  ],
  options: { ...Object.assign({}, ...verbs.map(({ options }) => options)), ...jsonOption },
  exitCodes: {
    1: 'a registry of the list cannot be used or updated, has nothing of one of the names, lint found something to mend, or bump could not ask all',
    130: 'cut short',
  },
  examples: [
    'booty registry show minio',
    'booty registry lint ./company.registry.json',
    'booty registry bump nats-server@~2.12 --plan',
    'booty registry list',
    'booty registry add ./company.registry.json',
    'booty registry remove company',
    'booty registry keys new ./keys && booty registry sign ./public --keys ./keys',
    'booty registry add https://registry.example/booty --root ./root.json && booty registry update',
  ],
  words: 'component',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const [name, ...words] = args.positionals;
    const verb = verbs.find((each) => each.name === name);
    const usage = `booty ${verb?.usage ?? registry.usage}`;
    if (verb === undefined) {
      const problem = name === undefined ? 'booty registry: nothing to do' : `booty registry: there is no ${name}`;
      throw new BootyError('USAGE', { problem, usage });
    }
    const count = words.length;
    if (count < verb.wordsMin || count > verb.wordsMax) {
      const found = count < verb.wordsMin ? 'a word is missing' : `unexpected word '${words[verb.wordsMax]}'`;
      throw new BootyError('USAGE', { problem: `booty registry ${verb.name}: ${found}`, usage });
    }
    return verb.run(context, { ...args, positionals: words });
  },
};
