import { prerelease, valid } from 'semver';
import { z } from 'zod';
import { archiveFormats } from '../ports.ts';
import { inconsistencies } from './inconsistencies.ts';
import { advisoriesSchema, upstreamSchema } from './knowledge-schema.ts';
import { releaseNotesSchema, updaterSchema } from './updater-schema.ts';

/** Platforms the registry can name; `<operating system>-<architecture>` in Go's words, as upstreams write them. */
export const platforms = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64'] as const;
export type Platform = (typeof platforms)[number];

const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower-case letters, digits, - and _')
  // Every object of JavaScript has one already; check.ts looks for __proto__, which is dropped before it is looked at.
  .refine((name) => name !== 'constructor', 'may not be named so')
  .meta({ description: 'A name that is safe as the name of a folder.' });

/** Never absolute and never upwards, so that a member cannot name anything outside its archive. */
const memberPathSchema = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[^\\\0]+$/, 'must be a relative path without . and ..')
  .meta({ description: 'Path of a file inside an archive or package, without a leading slash.' });

/** Starts with a host name, so that neither a flag nor a folder of this machine can be meant; no version in it. */
const goPathSchema = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/, 'must be the import path of a Go package')
  .meta({ description: 'Import path of a Go package.' });

const downloadFields = {
  url: z.url({ protocol: /^https$/, error: 'must be a whole https URL' }).meta({ description: 'Whole URL.' }),
  format: z.enum(archiveFormats).meta({ description: 'Format of the archive; `plain` is the executable itself.' }),
  members: z.record(nameSchema, memberPathSchema).meta({ description: 'Executable → its path inside the archive.' }),
};

const trustedDownloadSchema = z
  .strictObject({
    ...downloadFields,
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')
      .meta({ description: 'SHA-256 of the archive.' }),
    sizeBytes: z.int().positive().optional().meta({ description: 'Size of the archive, when it is known.' }),
  })
  .meta({ description: 'An archive whose bytes are known.' });

const refusedDownloadSchema = z
  .strictObject({
    ...downloadFields,
    sha256: z.null().meta({ description: 'Not known: booty refuses to install it.' }),
    refused: z.string().min(1).meta({ description: 'Why it is refused, for the user to read.' }),
  })
  .meta({ description: 'An archive that exists but is not installed, because its bytes are not known.' });

const archiveSchema = z.strictObject({
  name: nameSchema.meta({ description: 'What upstream calls this archive.' }),
  platforms: z
    .partialRecord(z.enum(platforms), z.union([trustedDownloadSchema, refusedDownloadSchema]))
    .meta({ description: 'Platform → the archive built for it.' }),
});

const versionSchema = z
  .string()
  .refine((text) => valid(text) === text && prerelease(text) === null, 'must be a semver version without prerelease')
  .meta({ description: 'Upstream version, semver.' });

const packageSchema = z
  .strictObject({
    title: z.string().min(1).meta({ description: 'Name for people.' }),
    homepage: z.url({ protocol: /^https$/ }).meta({ description: 'Where to read more.' }),
    licence: z.string().min(1).meta({ description: 'SPDX identifier of the licence.' }),
    notice: z.string().min(1).optional().meta({
      description:
        'What to know before it is fetched (a licence that binds its users, an upstream that stopped); shown.',
    }),
    upstream: upstreamSchema.optional(),
    advisories: advisoriesSchema.optional(),
    releaseNotes: releaseNotesSchema.optional(),
    tree: z
      .strictObject({
        stripLevels: z.int().min(0).max(8).meta({ description: 'Leading path parts that are dropped.' }),
      })
      .optional()
      .meta({ description: 'Set where the executables need the files beside them: the whole archive is kept.' }),
    versionCommand: z
      .strictObject({
        executable: nameSchema.meta({ description: 'Which executable of the package is asked.' }),
        arguments: z.array(z.string()).meta({ description: 'Its arguments.' }),
      })
      .optional()
      .meta({ description: 'Prints the version and ends at once; asked of a binary that is found on PATH.' }),
    executables: z.array(nameSchema).min(1).meta({ description: 'What every installed version offers.' }),
    components: z
      .record(
        nameSchema,
        z.strictObject({
          executable: nameSchema.meta({ description: 'Which executable of the package it runs.' }),
          aliases: z.array(nameSchema).meta({ description: 'Other names people write for it.' }),
        }),
      )
      .meta({ description: 'Names to be written as `component:` in booty.yaml.' }),
    versions: z
      .record(
        versionSchema,
        z.strictObject({
          sourceVersion: z.string().min(1).optional().meta({
            description: 'What upstream calls it, where that is no semver; the version follows from it by a rule.',
          }),
          archives: z.array(archiveSchema).min(1).meta({ description: 'All of them together make the version.' }),
          override: z.literal(true).optional().meta({
            description: 'Its bytes take the place of those an earlier registry names; without it that is refused.',
          }),
        }),
      )
      .meta({ description: 'Version → the upstream archives of it.' }),
    apt: z
      .strictObject({
        package: z
          .string()
          .regex(/^[a-z0-9][a-z0-9+.-]+$/, 'must be the name of a Debian package')
          .meta({ description: 'Name of the Debian package.' }),
        executables: z.record(nameSchema, memberPathSchema).meta({ description: 'Executable → path in the package.' }),
        splitOff: z
          .record(nameSchema, z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'must be the name of a Debian package'))
          .optional()
          .meta({ description: 'Executable → the package that newer releases have it in, of the same version.' }),
        suites: z.array(nameSchema).min(1).meta({
          description: 'Code names of the releases that are asked, their -updates, -security and -backports included.',
        }),
      })
      .optional()
      .meta({ description: 'The same system as packaged by Debian and Ubuntu.' }),
    go: z
      .strictObject({
        module: goPathSchema.meta({ description: 'Path of the Go module, its major version included.' }),
        executables: z
          .record(nameSchema, goPathSchema)
          .meta({ description: 'Executable → import path of its main package, in the module.' }),
        flags: z
          .array(z.string().regex(/^-[a-z]+(=.*)?$/, 'must be one flag of go build with its value, such as -tags=x'))
          .optional()
          .meta({ description: 'Further flags for `go install`, besides -trimpath and -ldflags.' }),
        versions: z.literal('date').optional().meta({
          description:
            'Set where upstream gives the module no versions: its newest commit is one, named by its date as releases are.',
        }),
      })
      .optional()
      .meta({ description: 'The same system as a Go module, to be built on the machine itself.' }),
    updater: updaterSchema.optional(),
  })
  .meta({ description: 'What is versioned, fetched and installed together.' });

/** The form of registry.json; `schema/registry.schema.json` is generated from it. */
export const registrySchema = z
  .strictObject({
    $schema: z.string().optional().meta({ description: 'Where this schema is found, for editors.' }),
    schemaVersion: z.literal(1).meta({ description: 'Raised when the form changes its meaning.' }),
    packages: z.record(nameSchema, packageSchema).meta({ description: 'Package → where its bytes come from.' }),
  })
  .superRefine((registry, context) => {
    for (const found of inconsistencies(registry)) {
      context.addIssue({ code: 'custom', path: [...found.path], message: found.message });
    }
  })
  .meta({
    title: 'booty registry',
    description: 'Which server binaries exist, where they come from, and their bytes.',
  });

export type Registry = z.infer<typeof registrySchema>;
export type RegistryPackage = Registry['packages'][string];
