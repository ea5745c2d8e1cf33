/**
 * @file The one file that a shop's page loads: `<script src="https://search.example/widget.js" async></script>`. It defines
 * `<deep-shopping>` and leaves nothing else behind. `data-` attributes of the script are defaults of the elements' own.
 */
import { makeElementClass } from './deep-shopping-element.ts';

const name = 'deep-shopping';
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;

// A page may load the script twice.
if (customElements.get(name) === undefined) {
  const server = script === null ? '' : new URL('.', script.src).href;
  customElements.define(name, makeElementClass({ server, ...script?.dataset }));
}

if (script?.dataset.floating !== undefined) {
  const element = document.createElement(name);
  element.setAttribute('floating', '');
  if (document.body === null) addEventListener('DOMContentLoaded', () => document.body.append(element), { once: true });
  else document.body.append(element);
}
