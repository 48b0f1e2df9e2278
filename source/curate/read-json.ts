import type { z } from 'zod';
import { BootyError, reasonOf } from '../core/error.ts';

/** The text of an answer as the form says. Throws UPSTREAM_ODD, which names the place. */
export const readJson = <Form extends z.ZodType>(text: string, form: Form, address: string): z.infer<Form> => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new BootyError('UPSTREAM_ODD', { address, found: `it is no JSON: ${reasonOf(error)}` }, { cause: error });
  }
  const checked = form.safeParse(document);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const found = `${issue?.path.map(String).join('.') || 'the document'}: ${issue?.message ?? 'wrong'}`;
  throw new BootyError('UPSTREAM_ODD', { address, found }, { cause: checked.error });
};
