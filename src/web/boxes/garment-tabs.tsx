/** @file The garments by name, with a cut-out of each: the same choice as tapping a box, for thumbs and ears. */
import { useEffect, useRef } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { Box } from '../../client/client.ts';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import { nameGarments } from '../state/garment-names.ts';
import { useShop } from '../state/shop-context.tsx';
import { useWords } from '../words/words-context.tsx';

const look = 'look';

export function GarmentTabs({ photo }: { readonly photo: PreparedPhoto }) {
  const { state, dispatch } = useShop();
  const { words, label, count } = useWords();
  const { garments, chosen } = state;
  const row = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is another tab, wherever it was made
  useEffect(() => {
    if (row.current !== null) showSelected(row.current);
  }, [chosen]);
  if (garments.length === 0) return null;
  const names = nameGarments(garments, (name) => (name === null ? words.somethingDrawn : label(name)));
  return (
    <div className="tabs-area">
      <p className="tabs-title">{count(words.garmentsFound, garments.length)}</p>
      <ToggleButtonGroup
        ref={row}
        className="tabs"
        aria-label={words.garments}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[chosen ?? look]}
        onSelectionChange={(keys) => {
          const [key] = keys;
          dispatch({ type: 'garment chosen', id: key === look ? null : String(key) });
        }}
      >
        {garments.length > 1 && (
          <ToggleButton id={look} className="tab">
            {words.wholeLook}
          </ToggleButton>
        )}
        {garments.map(({ id, box }) => (
          <ToggleButton key={id} id={id} className="tab">
            <span className="cut-out" style={cutOut(box, photo)} />
            {names.get(id)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}

/** Scrolls the row alone: `scrollIntoView` would move the page too. */
function showSelected(row: HTMLElement): void {
  const tab = row.querySelector('[data-selected]')?.getBoundingClientRect();
  if (tab === undefined) return;
  const { left, width } = row.getBoundingClientRect();
  row.scrollBy({ left: tab.left + tab.width / 2 - (left + width / 2) });
}

/** The photo, enlarged and shifted until a square around the box fills the element. */
function cutOut([x1, y1, x2, y2]: Box, { width, height, address }: PreparedPhoto) {
  const side = Math.min(Math.max(x2 - x1, y2 - y1), width, height);
  const at = (middle: number, whole: number) =>
    whole === side ? 0 : Math.min(Math.max(middle - side / 2, 0), whole - side) / (whole - side);
  return {
    backgroundImage: `url("${address}")`,
    backgroundSize: `${(100 * width) / side}% ${(100 * height) / side}%`,
    backgroundPosition: `${100 * at((x1 + x2) / 2, width)}% ${100 * at((y1 + y2) / 2, height)}%`,
  };
}
