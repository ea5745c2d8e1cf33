/** @file Where an item is sold. Feeds are the outside: an address may be anything. */

/** Names that are kept for examples, so that nobody has a shop there (RFC 2606). `.test` is not: people serve shops of their own there. */
const exampleHost = /(^|\.)(example|example\.(com|net|org))\.?$/;

/** The address of a product's page on the web; null where there is none. */
export function productPage(url: string | null): string | null {
  return isWebLink(url) && !isExamplePage(url) ? url : null;
}

/** Whether an address only stands for one, as those of the demo shop do. */
export function isExamplePage(url: string | null): boolean {
  return isWebLink(url) && URL.canParse(url) && exampleHost.test(new URL(url).hostname);
}

function isWebLink(url: string | null): url is string {
  return url !== null && /^https?:\/\//i.test(url);
}
