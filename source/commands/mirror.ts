import { BootyError } from '../core/error.ts';
import { type Command, jsonOption, stackOptions } from './context.ts';

export const mirror: Command = {
  name: 'mirror',
  summary: 'copy components into a folder that other machines install from',
  usage:
    'mirror clone DIR [NAME[@RANGE]…] [--platform P]… [--all] | mirror serve DIR [--port N] [--bind ADDRESS] | mirror verify DIR',
  details: [
    'clone puts what the named components are made of into DIR, beside what is there already; without names, what the',
    'services of this stack need, at the versions of booty.lock.json. Each comes from the source `booty install` would',
    'take here: archives of upstreams, packages of Debian with their signed lists, Go modules with the proofs of the checksum',
    'database. serve offers DIR over HTTP; verify reads all of it again.',
    'Other machines use it by BOOTY_MIRROR, a URL or the folder itself; then nothing else is asked. They verify as if they',
    'had asked the origin: by the hashes of their registry, the signature of Debian, the checksum database of Go.',
  ],
  options: {
    platform: {
      type: 'string',
      value: 'P[,P]',
      help: 'clone for linux-amd64, linux-arm64, darwin-amd64, darwin-arm64 (default: this machine)',
    },
    all: { type: 'boolean', help: 'clone the newest of every component of the registry' },
    port: { type: 'string', value: 'N', help: 'serve on this port (default: 8998; 0 takes a free one)' },
    bind: { type: 'string', value: 'ADDRESS', help: 'serve on this address (default: 127.0.0.1)' },
    ...stackOptions,
    ...jsonOption,
  },
  exitCodes: { 1: 'something could not be cloned (the rest is there), or DIR is damaged', 130: 'cut short' },
  examples: [
    'booty mirror clone /srv/booty nats@^2.9 nats@^2.10 prometheus',
    'booty mirror clone /media/usb --platform linux-amd64,linux-arm64 caddy',
    'booty mirror serve /srv/booty --bind 0.0.0.0   # for those who set BOOTY_MIRROR=http://HOST:8998',
    'booty mirror verify /srv/booty',
  ],
  words: 'component',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const [verb, given, ...names] = args.positionals;
    const usage = `booty ${mirror.usage}`;
    if (verb !== 'clone' && verb !== 'serve' && verb !== 'verify') {
      const problem = verb === undefined ? 'booty mirror: nothing to do' : `booty mirror knows no ${verb}`;
      throw new BootyError('USAGE', { problem, usage });
    }
    if (given === undefined) throw new BootyError('USAGE', { problem: `booty mirror ${verb} needs a folder`, usage });
    const folder = given.startsWith('/') ? given : `${context.folder}/${given}`;
    if (verb !== 'clone' && names.length > 0) {
      throw new BootyError('USAGE', { problem: `booty mirror ${verb} takes one folder`, usage });
    }
    switch (verb) {
      case 'clone':
        return (await import('./mirror/clone.ts')).cloneMirror(context, args, folder, names);
      case 'serve':
        return (await import('./mirror/serve.ts')).serveMirror(context, args, folder);
      case 'verify':
        return (await import('./mirror/verify.ts')).verifyMirror(context, args, folder);
    }
  },
};
