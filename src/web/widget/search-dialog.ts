/** @file The dialog: a photo comes in, garments are chosen, items are shown. A native `<dialog>`, so that focus and Escape are the browser's. */
import type { Client, GarmentAnswer, SearchAnswer, SearchRequest, SimilarItem } from '../../client/client.ts';
import type { EventQueue } from '../events/event-queue.ts';
import { drawPhoto } from '../photo/prepare-photo.ts';
import { largestFirst } from '../state/largest-first.ts';
import { type ErrorWord, errorWord } from './error-word.ts';
import { makeElement, makeIcon } from './make-element.ts';
import { originAdvice } from './origin-advice.ts';
import { makeGarmentChoice } from './photo-boxes.ts';
import { makeGhosts, makeResultList, numOfKind } from './result-list.ts';
import { fill, type Speech } from './widget-words.ts';

export interface DialogParts {
  readonly client: Client;
  readonly events: EventQueue;
  readonly speech: Speech;
  readonly query: SearchRequest;
  /** Of links. */
  readonly target: string;
  readonly onResults: (answer: SearchAnswer) => void;
  /** @returns false where the page goes to the product by itself */
  readonly onChosen: (chosen: {
    readonly item: SimilarItem;
    readonly queryId: string;
    readonly position: number;
  }) => boolean;
}

export class SearchDialog {
  readonly element: HTMLDialogElement;
  readonly #parts: DialogParts;
  readonly #content = makeElement('div', { class: 'start' });
  readonly #status = makeElement('p', { class: 'unseen', attributes: { role: 'status' } });
  readonly #newPhoto: HTMLButtonElement;
  #searching: AbortController | undefined;
  #stopList = () => {};
  /** Empty until the server has said how long it keeps photos. */
  readonly #privacy = makeElement('p', { class: 'privacy' });
  #isAsked = false;

  constructor(parts: DialogParts) {
    this.#parts = parts;
    const { words } = parts.speech;
    const close = makeElement(
      'button',
      { class: 'round', part: 'close', attributes: { 'aria-label': words.close }, onClick: () => this.element.close() },
      [makeIcon('close')],
    );
    this.#newPhoto = makeElement('button', { class: 'button', text: words.newPhoto, onClick: () => this.#showStart() });
    this.element = makeElement('dialog', { part: 'dialog', attributes: { 'aria-labelledby': 'title' } }, [
      makeElement('header', { class: 'top', part: 'header' }, [
        makeElement('h2', { text: words.title, attributes: { id: 'title' } }),
        this.#newPhoto,
        close,
      ]),
      this.#content,
      this.#status,
    ]);
    this.element.addEventListener('click', ({ target }) => {
      // The dialog itself is what lies around its content: the page behind it.
      if (target === this.element) this.element.close();
    });
    this.element.addEventListener('close', () => parts.events.flush());
    this.element.addEventListener('paste', ({ clipboardData }) => this.#takeFirst(clipboardData?.files));
    this.element.addEventListener('dragover', (event) => event.preventDefault());
    this.element.addEventListener('drop', (event) => {
      event.preventDefault();
      this.#takeFirst(event.dataTransfer?.files);
    });
    this.#showStart();
  }

  open(): void {
    this.element.showModal();
    void this.#tellPrivacy();
  }

  async #tellPrivacy(): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const { client, speech } = this.#parts;
    try {
      const { photoMinutes } = await client.call('getModel', {});
      this.#privacy.textContent = fill(speech.words.privacy, { time: speech.minutes(photoMinutes) });
    } catch {
      // Searching will say what is wrong.
      this.#isAsked = false;
    }
  }

  /** Ends what is under way; the dialog is not used after it. */
  discard(): void {
    this.#searching?.abort();
    this.#stopList();
    this.#parts.events.close();
    this.element.close();
    this.element.remove();
  }

  #takeFirst(files: FileList | null | undefined): void {
    const file = files?.[0];
    if (file !== undefined) void this.#search(file);
  }

  #show(state: 'start' | 'busy' | 'found' | 'failed', children: readonly Node[]): void {
    this.#stopList();
    this.element.dataset.state = state;
    this.#newPhoto.hidden = state !== 'found';
    this.#content.className = state === 'start' || state === 'failed' ? 'start' : 'body';
    this.#content.replaceChildren(...children);
  }

  #showStart(error?: ErrorWord): void {
    this.#searching?.abort();
    const { words } = this.#parts.speech;
    const drop = makeElement('div', { class: 'drop', part: 'drop' }, [
      makeIcon('hanger'),
      makeElement('p', { class: 'intro', text: words.intro }),
      makeElement('div', { class: 'choices' }, [
        this.#makeChooser('camera', words.takePhoto),
        this.#makeChooser('picture', words.choosePhoto),
      ]),
      makeElement('p', { class: 'hint', text: words.drop }),
    ]);
    drop.addEventListener('dragenter', () => drop.classList.add('over'));
    drop.addEventListener('dragleave', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && drop.contains(relatedTarget))) drop.classList.remove('over');
    });
    const alert = error === undefined ? [] : [makeElement('p', { class: 'alert', part: 'alert', text: words[error] })];
    this.#show(error === undefined ? 'start' : 'failed', [...alert, drop, this.#privacy]);
    this.#say(error === undefined ? '' : words[error]);
    if (this.element.open) this.#content.querySelector<HTMLElement>('.choices .from-picture')?.focus();
  }

  /** A button that opens the camera of a phone, or the files. */
  #makeChooser(name: 'camera' | 'picture', text: string): HTMLElement {
    const input = makeElement('input', {
      attributes: {
        type: 'file',
        accept: 'image/*',
        hidden: '',
        ...(name === 'camera' ? { capture: 'environment' } : {}),
      },
    });
    input.addEventListener('change', () => this.#takeFirst(input.files));
    const button = makeElement(
      'button',
      { class: `button primary from-${name}`, part: 'choose', onClick: () => input.click() },
      [makeIcon(name), makeElement('span', { text }), input],
    );
    return button;
  }

  async #search(file: Blob): Promise<void> {
    this.#searching?.abort();
    const searching = new AbortController();
    this.#searching = searching;
    const { client, query, onResults, speech } = this.#parts;
    try {
      const { canvas, blob } = await drawPhoto(file);
      if (searching.signal.aborted) return;
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', speech.words.photo);
      const frame = makeElement('div', { class: 'photo busy', part: 'photo' }, [canvas]);
      this.#show('busy', [
        makeElement('div', { class: 'look' }, [frame]),
        makeElement('div', { class: 'found' }, [makeElement('div', { class: 'list' }, [makeGhosts(6)])]),
      ]);
      this.#say(speech.words.busy);
      const answer = await client.searchPhoto(blob, query, searching.signal);
      frame.classList.remove('busy');
      this.#showAnswer(answer, frame);
      onResults(answer);
    } catch (error) {
      if (searching.signal.aborted) return;
      // For the shop's developer; nothing in it is a shopper's.
      console.warn('<deep-shopping>', error, originAdvice(error, location.origin) ?? '');
      this.#showStart(errorWord(error));
    }
  }

  #showAnswer({ garments: answered, photo }: SearchAnswer, frame: HTMLElement): void {
    const garments = largestFirst(answered);
    const { speech } = this.#parts;
    const list = makeElement('div', { class: 'list', part: 'list', attributes: { role: 'region', tabindex: '0' } });
    const choose = (index: number) => {
      const garment = garments[index];
      if (garment === undefined) return;
      choice.mark(index);
      this.#stopList();
      const results = makeResultList(garment, {
        speech,
        target: this.#parts.target,
        pictureUrl: this.#parts.client.pictureUrl,
        onSeen: (item, position) =>
          this.#parts.events.add({ type: 'view', queryId: garment.queryId, item: item.id, position }),
        onChosen: (item, position, event) => this.#choose(garment, item, position, event),
      });
      this.#stopList = results.stop;
      list.replaceChildren(results.element);
      list.scrollTop = 0;
      const name = speech.words.results.replace('{label}', speech.label(garment.label));
      list.setAttribute('aria-label', name);
      this.#say(garment.items.length === 0 ? speech.words.none : `${name}. ${speech.found(numOfKind(garment))}`);
    };
    const size = photo ?? { width: 1, height: 1 };
    const choice = makeGarmentChoice(garments, size, { speech, onChoose: choose });
    frame.append(...choice.boxes);
    const attributes = { role: 'group', 'aria-label': speech.words.garments };
    const chips = makeElement('div', { class: 'chips', part: 'chips', attributes }, choice.chips);
    chips.hidden = garments.length < 2;
    this.#show('found', [
      makeElement('div', { class: 'look', attributes: { role: 'group', 'aria-label': speech.words.photo } }, [frame]),
      makeElement('div', { class: 'found' }, [chips, list]),
    ]);
    if (garments.length > 0) choose(0);
    else list.replaceChildren(makeElement('p', { class: 'nothing', text: speech.words.none }));
    (garments.length > 1 ? choice.chips[0] : list)?.focus({ preventScroll: true });
  }

  #choose({ queryId }: GarmentAnswer, item: SimilarItem, position: number, event: MouseEvent): void {
    this.#parts.events.add({ type: 'click', queryId, item: item.id, position });
    if (!this.#parts.onChosen({ item, queryId, position })) event.preventDefault();
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }
}
