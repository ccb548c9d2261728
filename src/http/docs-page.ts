import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Route } from './route.ts';

/*
 * The page of the API: Swagger UI, from files of ours and of its package alone, under the policy that all
 * answers have. So it has no script and no style within the page.
 */

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API · LMS</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="stylesheet" href="docs/page.css">
  </head>
  <body>
    <main id="swagger-ui"></main>
    <noscript>This page takes JavaScript; <a href="openapi.json">the document</a> does not.</noscript>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const STYLE = `body { margin: 0; background: #fafafa; }
noscript { display: block; padding: 2em; font-family: sans-serif; }
`;

/** The token is kept for as long as the page is open, and sent to this server alone. */
const START = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The page and its files, for everybody: what it shows of the server asks for a token. */
export function docsRoutes(): readonly Route[] {
  return [
    page('/api/docs', { contentType: 'text/html; charset=utf-8', body: PAGE }),
    page('/api/docs/page.css', { contentType: 'text/css; charset=utf-8', body: STYLE }),
    page('/api/docs/start.js', { contentType: 'text/javascript; charset=utf-8', body: START }),
    ...Object.entries(FILES).map(([name, contentType]) => packaged(name, contentType)),
  ];
}

function page(
  path: string,
  { contentType, body }: { readonly contentType: string; readonly body: string },
): Route {
  return { method: 'GET', path, respond: () => Promise.resolve({ contentType, body }) };
}

/** Read once somebody asks for it. */
function packaged(name: string, contentType: string): Route {
  let reading: Promise<Uint8Array> | undefined;
  return {
    method: 'GET',
    path: `/api/docs/${name}`,
    respond: async () => {
      reading ??= readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`));
      return { contentType, body: await reading, headers: { 'cache-control': 'public, max-age=86400' } };
    },
  };
}
