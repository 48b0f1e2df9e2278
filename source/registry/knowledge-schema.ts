import { valid, validRange } from 'semver';
import { z } from 'zod';

/** What can be said of an upstream that whoever runs its servers should know. */
const upstreamKinds = [
  'archived',
  'source-only',
  'removed',
  'licence',
  'unsigned',
  'mutable',
  'expired',
  'incomplete',
  'fork',
] as const;

const linkSchema = z.url({ protocol: /^https$/, error: 'must be a whole https URL' });

/** How an upstream stands: a word for machines, a sentence for people, and where it is said. */
export const upstreamSchema = z
  .array(
    z.strictObject({
      kind: z.enum(upstreamKinds).meta({ description: 'What it is about.' }),
      since: z
        .string()
        .refine((text) => valid(text) === text, 'must be a semver version')
        .optional()
        .meta({ description: 'First version it holds for; absent: all there are.' }),
      sentence: z.string().min(1).meta({ description: 'One sentence, for the user to read.' }),
      url: linkSchema.meta({ description: 'Where upstream, or who looked, says so.' }),
    }),
  )
  .meta({ description: 'How upstream stands: archived, source only, a change of licence, unsigned releases.' });

/** Known weaknesses, by the versions they are in. */
export const advisoriesSchema = z
  .array(
    z.strictObject({
      id: z
        .string()
        .regex(/^(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}|GO-\d{4}-\d{4,})$/, 'must be a CVE, GHSA or GO number')
        .meta({ description: 'Number of the advisory.' }),
      affected: z
        .string()
        .refine((text) => validRange(text) !== null, 'must be a semver range')
        .meta({ description: 'Versions it is in, a semver range.' }),
      sentence: z.string().min(1).meta({ description: 'One sentence, for the user to read.' }),
      url: linkSchema.meta({ description: 'The advisory.' }),
    }),
  )
  .meta({ description: 'Known weaknesses of some versions.' });
