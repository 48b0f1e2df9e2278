import test from 'ava';
import type { Http } from '../../source/ports.ts';

/** What every Http promises. `site` has /hello (200 "hello"), /missing (404), /moved (302), /silent (never answers). */
export const httpContract = (create: () => Http, site: () => string | Promise<string>): void => {
  test('http: status and body, whatever the status', async (t) => {
    const http = create();
    const url = await site();
    t.deepEqual(await http.get(`${url}/hello`, 2000), { status: 200, body: 'hello' });
    t.is((await http.get(`${url}/missing`, 2000)).status, 404);
    t.is((await http.get(`${url}/moved`, 2000)).status, 302);
  });

  test('http: no answer within the time rejects', async (t) => {
    await t.throwsAsync(create().get(`${await site()}/silent`, 50), { message: /within 50 ms/ });
  });
};
