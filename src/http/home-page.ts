import type { Answer, Route } from './route.ts';

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>LMS</title>
    <link rel="icon" type="image/png" href="api/docs/favicon-32x32.png">
    <link rel="stylesheet" href="home.css">
  </head>
  <body>
    <main>
      <h1>LMS, a log monitoring server</h1>
      <p>Services and shippers send log entries here; whoever may read them asks for them here.</p>
      <ul>
        <li><a href="api/docs">The API</a>, to read and to try. Where there are tokens, Authorize takes one.</li>
        <li><a href="api/openapi.json">Its description</a> in OpenAPI 3.1, for programs.</li>
        <li><a href="readyz">Is this server ready?</a></li>
      </ul>
      <h2>What comes in</h2>
      <table>
        <tr><td><code>POST /api/v1/entries</code></td><td>JSON: an object, an array, or one a line</td></tr>
        <tr><td><code>POST /v1/logs</code></td><td>OpenTelemetry, OTLP/HTTP</td></tr>
        <tr><td><code>POST /loki/api/v1/push</code></td><td>Loki: Promtail, Alloy, pino-loki</td></tr>
        <tr><td><code>POST /_bulk</code></td><td>Elasticsearch: Filebeat, Fluent Bit, Vector, rsyslog</td></tr>
      </table>
      <h2>What can be asked</h2>
      <table>
        <tr><td><code>GET /api/v1/entries?q=severity&gt;=error&amp;since=1h</code></td><td>entries that match</td></tr>
        <tr><td><code>GET /api/v1/histogram?since=1h</code></td><td>how many, over time</td></tr>
        <tr><td><code>GET /api/v1/services</code></td><td>every service, and its errors</td></tr>
      </table>
    </main>
  </body>
</html>
`;

const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 50rem; margin: 3rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
td { padding: 0.2rem 1.5rem 0.2rem 0; vertical-align: top; }
code { font-family: ui-monospace, monospace; font-size: 0.9rem; overflow-wrap: anywhere; }
`;

/** What a browser is shown at `/`: what this is, and where to go on. */
export const HOME_PAGE: Answer = { contentType: 'text/html; charset=utf-8', body: HTML };

/** Its style, for everybody as the page is. */
export const HOME_STYLE_ROUTE: Route = {
  method: 'GET',
  path: '/home.css',
  respond: () => Promise.resolve({ contentType: 'text/css; charset=utf-8', body: STYLE }),
};
