import * as z from 'zod';
import { faulty, parsed, type Parsed } from './fault.ts';
import { keyHelp, type HelpedKey } from './key-help.ts';

/** Puts description and example of a key into its schema. */
export const helped = <Schema extends z.ZodType>(key: HelpedKey, schema: Schema, more: object = {}): Schema =>
  schema.meta({ description: keyHelp[key].about, ...more });

/** A schema whose checked input is read on by `read`; a fault becomes an issue that carries its fix. */
export const readBy = <Schema extends z.ZodType, Value>(
  schema: Schema,
  read: (written: z.output<Schema>) => Parsed<Value>,
): z.ZodPipe<Schema, z.ZodTransform<Awaited<Value>, z.output<Schema>>> =>
  schema.transform((written, context) => {
    const result = read(written);
    if (result.ok) return result.value as Awaited<Value>;
    context.addIssue({ code: 'custom', message: result.fault.message, params: result.fault });
    return z.NEVER;
  });

/** Text, also when YAML took it for a number or a truth value. */
export const text = z.union([z.string(), z.number(), z.boolean()], { error: 'text' }).transform(String);

/** true or false; as text too, which is what a variable becomes. */
export const truth = readBy(
  z.union([z.boolean(), z.string().meta({ pattern: '^(true|false)$|\\$' })], { error: 'true or false' }),
  (written): Parsed<boolean> => {
    const lower = String(written).toLowerCase();
    if (lower === 'true' || lower === 'false') return parsed(lower === 'true');
    return faulty(`${JSON.stringify(written)} is neither true nor false`, 'write true or false');
  },
);

/** A whole number within bounds; as text too, which is what a variable becomes. */
export const wholeNumber = (from: number, to: number) =>
  readBy(
    z
      .union([z.number(), z.string()], { error: 'a whole number' })
      .meta({ minimum: from, maximum: to, pattern: '^[0-9]+$|\\$' }),
    (written): Parsed<number> => {
      const value = /^\d{1,15}$/.test(String(written)) ? Number(written) : NaN;
      if (value >= from && value <= to) return parsed(value);
      return faulty(`${JSON.stringify(written)} is not allowed here`, `write a whole number from ${from} to ${to}`);
    },
  );

/** Compose's `string or list` as a list. */
export const textList = z.array(text, { error: 'a list' });
