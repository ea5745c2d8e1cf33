/** @file A shop's page whose style spoils whatever it reaches. */

export const hostileStyle = `
* { color: red !important; font-size: 40px !important; display: inline !important; }
* { letter-spacing: 9px; word-spacing: 9px !important; text-transform: uppercase; font-style: italic; text-indent: 30px; }
deep-shopping { --deep-shopping-radius: 3px; }
button, dialog, a { position: fixed; inset: 0; opacity: 0.2; }
`;

/** A page with the widget in it. @param search the server's origin */
export function hostilePage(search: string, key: string, attributes: string): string {
  return `<!doctype html><html lang="en"><head><title>shop</title><link rel="stylesheet" href="/hostile.css">
<script src="${search}/widget.js" async></script></head>
<body><main><h1>Shop</h1><form><deep-shopping key="${key}" ${attributes}></deep-shopping></form></main></body></html>`;
}
