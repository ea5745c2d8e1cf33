/** @file Elements of a page, without `innerHTML`: what comes from a shop's feed stays text. */

export interface ElementFacts {
  /** Name in our own style sheet. */
  readonly class?: string;
  /** Name for the page's style sheet: `deep-shopping::part(button)`. */
  readonly part?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: (event: MouseEvent) => void;
}

export function makeElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: name, part, text, attributes = {}, onClick }: ElementFacts = {},
  children: readonly Node[] = [],
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name !== undefined) element.className = name;
  if (part !== undefined) element.setAttribute('part', part);
  if (text !== undefined) element.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  // Inside a form of the shop a button would send it.
  if (element instanceof HTMLButtonElement) element.type = 'button';
  if (onClick !== undefined) element.addEventListener('click', (event) => onClick(event as MouseEvent));
  element.append(...children);
  return element;
}

/** Outlines in a square of 24, drawn with a line of 1.75. */
const outlines = {
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  picture: 'M4 5h16v14H4zM4 16l5-5 5 5 2.5-2.5L20 17M15.5 9.5h.01',
  close: 'M6 6l12 12M18 6L6 18',
  hanger: 'M12 10V8.7a2.2 2.2 0 1 0-2.2-2.2M12 10l9 6.5c.8.6.4 1.5-.5 1.5h-17c-.9 0-1.3-.9-.5-1.5z',
} as const;

export function makeIcon(name: keyof typeof outlines): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const icon = document.createElementNS(space, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  icon.setAttribute('class', 'icon');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', outlines[name]);
  icon.append(path);
  return icon;
}
