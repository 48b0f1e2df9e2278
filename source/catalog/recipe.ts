/**
How a system of the catalog is run and joined to others: the words its file is written in.

A recipe is pure: everything it needs to know about the machine (ports, folders, who offers what) comes in as a
`Wiring`, and out come arguments, environment and files. So no port and no URL is written twice: the server that
listens and the server that connects read the same `Wiring`.
*/
import type { StopPolicy } from '../core/model.ts';
import type { WayBack } from '../core/upgrade/way-back.ts';

/** Everything one service can offer another. */
export const offerKinds = [
  'metrics',
  'http-route',
  'nats',
  'prometheus-query',
  'remote-write',
  'otlp',
  's3',
  'sql',
  'etcd',
] as const;
export type OfferKind = (typeof offerKinds)[number];

/** Something of use to other services, found at a port and path; the path of a `http-route` is where its UI begins. */
export type Offer = { readonly kind: OfferKind; readonly port: string; readonly path: string };

/**
What a service wants of others. `one`: exactly one provider, and the stack is refused without; `many`: whatever there
is. `hard` order: starts when the provider is ready, and not without it; `soft`: starts after it, copes when it is
away; `none`: no order.
*/
export type Need = {
  readonly kind: OfferKind;
  readonly count: 'one' | 'many';
  readonly order: 'hard' | 'soft' | 'none';
};

/** An offer made whole: where it really answers. */
export type Provider = {
  readonly service: string;
  readonly title: string;
  readonly kind: OfferKind;
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  /** `http://host:port`. */
  readonly origin: string;
  /** Empty for protocols that have none. */
  readonly path: string;
  /** Origin and path. */
  readonly url: string;
};

/** The folders of a service; absolute. */
export type Dirs = {
  /** Of this service; kept until the stack is destroyed. */
  readonly data: string;
  /** Of this service; written anew before each start. */
  readonly config: string;
  /** Of the stack. */
  readonly logs: string;
};

/** All a recipe may know about the place it runs in. */
export type Wiring = {
  readonly stack: string;
  readonly service: string;
  /** Upstream version of the binary, semver. */
  readonly version: string;
  /** Node's name of it: `linux`, `darwin`. */
  readonly platform: string;
  readonly dirs: Dirs;
  /** `host:port` to listen on. */
  readonly listen: (port: string) => string;
  readonly bind: string;
  readonly port: (port: string) => number;
  /** How others reach the port: `http://127.0.0.1:8428`. */
  readonly url: (port: string) => string;
  /** The value of one of the recipe's `secrets`; for files of mode 0600 and the environment, never for arguments. */
  readonly secret: (name: string) => string;
  /** Who offers this kind, in the stack's order; exactly one for a need of count `one`. */
  readonly providers: (kind: OfferKind) => readonly Provider[];
};

export type ConfigFile = { readonly path: string; readonly text: string; readonly mode: number };

/** What the recipe makes of a wiring. */
export type Run = {
  /** After the executable. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ConfigFile[];
  /** A command that says by its exit code whether the files are right, without starting anything; null: it has none. */
  readonly configCheck: { readonly executable: string; readonly args: readonly string[] } | null;
};

/** How a server is asked, while it runs, for a snapshot of its data: files that do not change any more. */
export type OwnSnapshot = {
  readonly createUrl: string;
  /** The snapshot's name in what the server answers; null: it made none. */
  readonly nameIn: (answer: string) => string | null;
  /** Lets go of it; answers below 400 when it is gone. */
  readonly removeUrl: (name: string) => string;
  /** Absolute path of the folder that holds it, laid out as the data are; links in it lead to the files. */
  readonly folderOf: (name: string) => string;
};

type PortRecipe = {
  readonly default: number;
  readonly scheme: 'http' | 'nats';
  /** What the server asks of those who connect; absent: nothing. */
  readonly login?: PortLogin;
};

/** The password is the value of the recipe's secret of that name. */
export type PortLogin = { readonly user: string; readonly secret: string };

/** One system of the catalog. */
export type Recipe = {
  /** What users write after `component:`. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  /** What the store installs; several recipes may come from one package. */
  readonly package: string;
  readonly executable: string;
  /** The first is the one `services.NAME.url` speaks of. */
  readonly ports: Readonly<Record<string, PortRecipe>>;
  readonly offers: readonly Offer[];
  readonly needs: readonly Need[];
  /** Names of what is made up for it once per stack: passwords, keys. Lower-case letters, digits and `_`. */
  readonly secrets: readonly string[];
  /** Ready when this answers with a status below 400. */
  readonly readiness: { readonly port: string; readonly path: string };
  readonly stop: StopPolicy;
  /** What going back needs after an upgrade. */
  readonly wayBack: WayBack;
  /** Its upgrades may not skip one of these; absent: they may. */
  readonly oneAtATime?: 'major' | 'minor';
  /** Absent: it makes no snapshots of its own, and its data are copied while it stands still. */
  readonly ownSnapshot?: (wiring: Wiring) => OwnSnapshot;
  readonly run: (wiring: Wiring) => Run;
};
