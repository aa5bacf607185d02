// gateway: the page of all interfaces: Swagger UI's own files, which the API page brings along, started on several documents.

/** Swagger UI sets styles on elements and draws its icons from data: URLs. */
export const swaggerPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** The page. */
export const swaggerPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Staffetta: all interfaces</title>
<link rel="stylesheet" href="/swagger-ui/static/swagger-ui.css">
<link rel="icon" href="/swagger-ui/static/favicon-32x32.png">
<body>
<p style="font:1rem system-ui;margin:1rem"><a href="/gateway/flows">The flows between the services</a> ·
<a href="/gateway/access">Who may use what</a></p>
<div id="apis"></div>
<script src="/swagger-ui/static/swagger-ui-bundle.js"></script>
<script src="/swagger-ui/static/swagger-ui-standalone-preset.js"></script>
<script src="/gateway/apis/ui.js"></script>
</body>
</html>
`;

/**
 * Writes the script that starts the page.
 * @param services those that can be chosen; their names are our own words
 */
export function swaggerStart(services: readonly string[]): string {
  const urls = services.map((name) => ({ name, url: `/gateway/apis/${name}/openapi.json` }));
  return `SwaggerUIBundle({
  dom_id: '#apis',
  urls: ${JSON.stringify(urls)},
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
});
`;
}
