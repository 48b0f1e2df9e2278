import { validRange } from 'semver';
import { z } from 'zod';
import { archiveFormats } from '../ports.ts';

/** What templates may name; `fill` in template.ts says what each stands for. */
export const placeholders = ['version', 'tag', 'digits', 'os', 'arch', 'name', 'ext', 'file'] as const;

const template = z
  .string()
  .min(1)
  .refine(
    (text) => [...text.matchAll(/\$\{([^}]*)\}/g)].every(([, name]) => placeholders.some((known) => known === name)),
    `may only hold ${placeholders.map((name) => `\${${name}}`).join(', ')}`,
  );
const urlTemplate = template.refine((text) => text.startsWith('https://'), 'must be a whole https URL');

/** Page on which upstream tells what a version changes, `${version}` and `${tag}` to be filled in. */
export const releaseNotesSchema = urlTemplate.meta({
  description: 'Where upstream tells what a version changes; ${version} and ${tag} stand for the version.',
});

const words = z.record(z.string(), z.string());

/** Made out of rules in their order, as upstreams rename their files: the first that is for a version names the archive. */
const archiveRule = z.strictObject({
  name: z.string().min(1).meta({ description: 'Name of the archive in `versions`.' }),
  versions: z
    .string()
    .refine((text) => validRange(text) !== null, 'must be a semver range')
    .optional()
    .meta({ description: 'Versions the rule is for, a semver range; absent: all.' }),
  url: urlTemplate.meta({ description: 'Where the archive is.' }),
  format: z
    .union([z.enum(archiveFormats), z.strictObject({ linux: z.enum(archiveFormats), darwin: z.enum(archiveFormats) })])
    .meta({ description: 'Its format, where it differs by operating system.' }),
  members: z.record(z.string(), template).meta({ description: 'Executable → its path in the archive.' }),
  os: words.optional().meta({ description: 'linux, darwin → the word upstream writes for it.' }),
  arch: words.optional().meta({ description: 'amd64, arm64 → the word upstream writes for it.' }),
});

/** Over the file of checksums. */
const signatureSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }).meta({ description: 'Upstream signs nothing, as far as is known.' }),
  z.strictObject({ kind: z.literal('unknown') }).meta({ description: 'Whether upstream signs was not looked at.' }),
  z.strictObject({
    kind: z.literal('minisign'),
    url: urlTemplate,
    publicKey: z.string().regex(/^RW[A-Za-z0-9+/]{54}=*$/, 'must be a minisign public key'),
  }),
  z.strictObject({
    kind: z.literal('openpgp'),
    url: urlTemplate.meta({ description: 'The detached signature.' }),
    fingerprint: z
      .string()
      .regex(/^[0-9A-F]{40}$/, 'must be 40 hexadecimal digits in upper case')
      .optional()
      .meta({ description: "Of the vendor's primary key; absent: only a keyring in BOOTY_HOME/keys counts." }),
  }),
  z.strictObject({
    kind: z.literal('cosign'),
    url: urlTemplate.meta({ description: 'The signature.' }),
    certificate: urlTemplate.meta({ description: 'The certificate of the one-time key.' }),
    identity: z.string().min(1).meta({ description: 'Regular expression of who may have signed.' }),
    issuer: z.url().meta({ description: 'Who vouches for the identity.' }),
  }),
]);

const bytesFields = {
  archives: z.array(archiveRule).min(1).meta({ description: 'How the archives of a new version are named.' }),
  checksums: z
    .strictObject({
      url: urlTemplate.meta({
        description: 'The file of checksums; with ${os}, ${name} or ${file} in it, one for each archive.',
      }),
      algorithm: z.enum(['sha256', 'sha512']),
    })
    .optional()
    .meta({ description: 'What upstream publishes of its bytes; absent: no such file is known.' }),
  signature: signatureSchema,
};

/** How `booty registry bump` finds new versions and what vouches for them. */
export const updaterSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('github'),
      releases: urlTemplate.meta({ description: "GitHub's list of releases, of its API." }),
      tagPrefix: z.string().meta({ description: 'What stands before the version in a tag.' }),
      leaveOut: z.string().optional().meta({ description: 'Regular expression of tags that are not meant.' }),
      ...bytesFields,
    }),
    z.strictObject({
      kind: z.literal('hashicorp'),
      index: urlTemplate.meta({ description: "HashiCorp's index.json of a product." }),
      ...bytesFields,
    }),
    z.strictObject({
      kind: z.literal('tiup'),
      mirror: urlTemplate.meta({ description: 'Address of a TiUP mirror, without a slash at its end.' }),
      component: z.string().min(1).meta({ description: 'Its name there.' }),
      archives: bytesFields.archives,
    }),
    z.strictObject({
      kind: z.literal('none'),
      why: z.string().min(1).meta({ description: 'Why no new version is looked for.' }),
    }),
  ])
  .meta({ description: 'How new versions are found: templates are for the updater alone, `versions` has whole URLs.' });

export type Updater = z.infer<typeof updaterSchema>;
export type ArchiveRule = z.infer<typeof archiveRule>;
export type Signature = z.infer<typeof signatureSchema>;
