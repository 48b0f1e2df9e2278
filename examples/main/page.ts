/** What `/` shows; the links are relative, so the page also works under a path of a front door. */
export const page = (ticks: number, connected: boolean): string => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>main</title></head>
  <body style="font: 16px/1.6 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem">
    <h1>main</h1>
    <p>A sample program that stands for yours. It publishes <code>main.ticks</code> to NATS every second.</p>
    <p>${ticks} ticks published, NATS ${connected ? 'connected' : 'away'}.</p>
    <p><a href="metrics">metrics</a> · <a href="health">health</a></p>
  </body>
</html>
`;
