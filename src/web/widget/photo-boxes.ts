/** @file The photo with a button on each garment, and the same garments by name. */
import type { GarmentAnswer } from '../../client/client.ts';
import { makeElement } from './make-element.ts';
import { fill, type Speech } from './widget-words.ts';

export interface GarmentChoice {
  /** On the photo. */
  readonly boxes: readonly HTMLElement[];
  /** Beside it. */
  readonly chips: readonly HTMLElement[];
  /** Shows which garment is chosen. */
  mark(index: number): void;
}

/** @param garments the largest first: small boxes lie above those that they are in */
export function makeGarmentChoice(
  garments: readonly GarmentAnswer[],
  size: { readonly width: number; readonly height: number },
  { speech, onChoose }: { readonly speech: Speech; readonly onChoose: (index: number) => void },
): GarmentChoice {
  const names = garments.map(({ label }, index) =>
    fill(speech.words.garmentOf, { label: speech.label(label), n: index + 1, total: garments.length }),
  );
  const boxes = garments.map(({ box }, index) => {
    const button = makeElement('button', {
      class: 'box',
      part: 'box',
      attributes: { 'aria-label': names[index] ?? '' },
      onClick: () => onChoose(index),
    });
    if (box !== null) place(button, box, size);
    else button.hidden = true;
    return button;
  });
  const chips = garments.map(({ label }, index) =>
    makeElement('button', { class: 'chip', part: 'chip', text: speech.label(label), onClick: () => onChoose(index) }),
  );
  return {
    boxes,
    chips,
    mark(chosen) {
      for (const buttons of [boxes, chips]) {
        buttons.forEach((button, index) => {
          button.setAttribute('aria-pressed', String(index === chosen));
        });
      }
      chips[chosen]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    },
  };
}

function place(
  button: HTMLElement,
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const share = (value: number, of: number) => `${(100 * value) / of}%`;
  button.style.left = share(x1, width);
  button.style.top = share(y1, height);
  button.style.width = share(x2 - x1, width);
  button.style.height = share(y2 - y1, height);
}
