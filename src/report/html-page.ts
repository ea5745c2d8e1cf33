/** @file The document around a page that needs nothing else: no script, no font, no address. */
import { escapeXml } from './svg-text.ts';

/**
 * @param title text, escaped here
 * @param body markup, escaped by whoever made it
 * @param refreshSeconds a page that renews itself so often
 */
export function htmlPage({
  title,
  style,
  body,
  refreshSeconds,
}: {
  readonly title: string;
  readonly style: string;
  readonly body: readonly string[];
  readonly refreshSeconds?: number | undefined;
}): string {
  const refresh = refreshSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${refreshSeconds}">\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
${refresh}<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body><main>
${body.filter((part) => part !== '').join('\n')}
</main></body>
</html>
`;
}
