import { bad, type Finding, ok, warn } from './finding.ts';

export type PortReading = {
  readonly service: string;
  readonly port: string;
  readonly wanted: number | 'auto';
  /** Written by the user: that number or none. */
  readonly strict: boolean;
  /** What it has now, when the stack runs. */
  readonly held: number | null;
  /** Who has the wanted number, when it is not free: `812 nginx`. */
  readonly holder: string | null;
};

/** Whether a service will get the port it wants. */
export const judgePort = ({ service, port, wanted, strict, held, holder }: PortReading): Finding => {
  const id = `port.${service}.${port}`;
  const title = `Port ${service} ${port}`;
  if (held !== null) return ok(id, title, `${held}, in use by the running stack`);
  if (wanted === 'auto') return ok(id, title, 'any free one');
  if (holder === null) return ok(id, title, `${wanted} is free`);
  const pid = /^(\d+) /.exec(holder)?.[1];
  const end = pid === undefined ? `see who has it: sudo ss -ltnp 'sport = :${wanted}'` : `end it: kill ${pid}`;
  const found = `${wanted} is held by ${holder}`;
  if (strict) return bad(id, title, found, `${end}; or write another number, or auto, at services.${service}.ports`);
  return warn(id, title, `${found}; the next free one will be taken`, end);
};
