import test from 'ava';
import { limits } from '../../source/core/limits.ts';
import type { Http } from '../../source/ports.ts';

/** Long enough for a machine that is busy with everything else. */
const patientMs = 30_000;

/**
What every Http promises. `site` has /hello (200 "hello"), /missing (404), /moved (302), /large (3,000,000 bytes), /silent
(never answers); at `nowhere` nobody listens.
*/
export const httpContract = (
  create: () => Http,
  site: () => string | Promise<string>,
  nowhere: () => string | Promise<string>,
): void => {
  test('http: status and body, whatever the status', async (t) => {
    const http = create();
    const url = await site();
    t.deepEqual(await http.get(`${url}/hello`, patientMs), { status: 200, body: 'hello' });
    t.is((await http.get(`${url}/missing`, patientMs)).status, 404);
    t.is((await http.get(`${url}/moved`, patientMs)).status, 302);
  });

  test('http: a large body is cut', async (t) => {
    t.is((await create().get(`${await site()}/large`, patientMs)).body.length, limits.httpBodyBytesMax);
  });

  test('http: no answer within the time rejects', async (t) => {
    await t.throwsAsync(create().get(`${await site()}/silent`, 50), { code: 'ETIMEDOUT', message: /within 50 ms/ });
  });

  test('http: nobody there is ECONNREFUSED', async (t) => {
    await t.throwsAsync(create().get(`${await nowhere()}/`, patientMs), { code: 'ECONNREFUSED' });
  });
};
