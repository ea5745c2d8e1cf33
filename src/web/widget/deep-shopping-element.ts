/**
 * @file `<deep-shopping>`: a button for any page of a shop, and the dialog behind it. Everything is in a closed shadow
 * tree; the page sees the element, its attributes, `::part`s and events.
 */
import { createClient, type SearchRequest } from '../../client/client.ts';
import { createEventQueue } from '../events/event-queue.ts';
import { makeElement, makeIcon } from './make-element.ts';
import { SearchDialog } from './search-dialog.ts';
import { widgetStyle } from './widget-style.ts';
import { type Speech, speechFor } from './widget-words.ts';

/** What the script's own `data-` attributes say for all elements of the page. */
export type ElementDefaults = Readonly<Record<string, string | undefined>>;

/** Items a garment, unless `top` says otherwise. */
const defaultTop = 12;

let sheet: CSSStyleSheet | undefined;

/** The class of the element; the browser makes it when it meets the tag. */
export function makeElementClass(defaults: ElementDefaults): CustomElementConstructor {
  return class DeepShoppingElement extends HTMLElement {
    static readonly observedAttributes = ['lang', 'theme', 'server', 'key', 'top', 'filter', 'target'];
    readonly #shadow = this.attachShadow({ mode: 'closed' });
    readonly #root = makeElement('div', { class: 'root' });
    readonly #dark = matchMedia('(prefers-color-scheme: dark)');
    #dialog: SearchDialog | undefined;

    connectedCallback(): void {
      sheet ??= widgetStyle();
      this.#shadow.adoptedStyleSheets = [sheet];
      this.#shadow.append(this.#root);
      this.#dark.addEventListener('change', this.#paint);
      this.#draw();
    }

    disconnectedCallback(): void {
      this.#dark.removeEventListener('change', this.#paint);
      this.#dialog?.discard();
      this.#dialog = undefined;
    }

    attributeChangedCallback(): void {
      if (!this.isConnected) return;
      this.#dialog?.discard();
      this.#dialog = undefined;
      this.#draw();
    }

    /** Opens the dialog, as its button does. */
    open(): void {
      this.#paint();
      if (this.#dialog === undefined) {
        this.#dialog = this.#makeDialog();
        this.#root.append(this.#dialog.element);
      }
      this.#dialog.open();
    }

    #setting(name: string): string | undefined {
      return this.getAttribute(name) ?? defaults[name];
    }

    #speech(): Speech {
      const page = this.closest('[lang]')?.getAttribute('lang');
      const named = [this.#setting('lang'), page].filter((tag) => tag != null && tag !== '');
      return speechFor([...(named as string[]), ...navigator.languages]);
    }

    #draw(): void {
      const { language, direction, words } = this.#speech();
      this.#root.lang = language;
      this.#root.dir = direction;
      this.#paint();
      const name = makeElement('slot', { text: words.button });
      const attributes = { 'aria-haspopup': 'dialog' };
      const button = makeElement(
        'button',
        { class: 'launch', part: 'button', attributes, onClick: () => this.open() },
        [makeIcon('camera'), makeElement('span', {}, [name])],
      );
      this.#root.replaceChildren(button);
    }

    /** As the page is: dark where its `color-scheme` allows it and the shopper wants it, or as `theme` says. */
    readonly #paint = (): void => {
      const stated = this.#setting('theme');
      const allowed = getComputedStyle(document.documentElement).colorScheme;
      const follows = allowed.includes('dark') && (this.#dark.matches || !allowed.includes('light'));
      const isDark = stated === 'dark' || (stated !== 'light' && (stated === 'auto' ? this.#dark.matches : follows));
      this.#root.dataset.theme = isDark ? 'dark' : 'light';
    };

    #makeDialog(): SearchDialog {
      const url = this.#setting('server') ?? '';
      const key = this.#setting('key');
      const filter = this.#setting('filter');
      const top = Number(this.#setting('top') ?? defaultTop);
      const query: SearchRequest = {
        top: Number.isInteger(top) && top > 0 && top <= 100 ? top : defaultTop,
        ...(filter === undefined ? {} : { filter }),
      };
      return new SearchDialog({
        client: createClient({ url, key }),
        events: createEventQueue({ url, key }),
        speech: this.#speech(),
        query,
        target: this.#setting('target') ?? '_self',
        onResults: ({ garments }) => this.#tell('deep-shopping-results', { garments }),
        onChosen: (chosen) => this.#tell('deep-shopping-choose', chosen),
      });
    }

    /** @returns false where the page called `preventDefault()` */
    #tell(type: string, detail: object): boolean {
      return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
    }
  };
}
