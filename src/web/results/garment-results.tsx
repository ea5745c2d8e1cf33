/** @file What is similar to one garment: its kind, which can be changed, filters, examples, items. */
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Icon } from '../icon.tsx';
import { Empty } from '../notice.tsx';
import { pagesFor, type Subject } from '../state/asks.ts';
import { useShop } from '../state/shop-context.tsx';
import type { Garment } from '../state/shop-state.ts';
import { useServedModel } from '../state/use-served-model.ts';
import { useWords } from '../words/words-context.tsx';
import { FilterBar } from './filter-bar.tsx';
import { ItemList } from './item-list.tsx';
import { ShareButton } from './share-button.tsx';
import { SteeringChips } from './steering-chips.tsx';

export function GarmentResults({ subject }: { readonly subject: Subject }) {
  const { state } = useShop();
  const { words, count } = useWords();
  const pages = pagesFor(state, subject);
  const items = pages.flatMap((page) => page.items);
  return (
    <section aria-label={words.similarTo}>
      <div className="result-head">
        {subject === null ? <h2>{words.whole}</h2> : <KindMenu garment={subject} />}
        {pages.length > 0 && <span className="hint">{count(words.itemsFound, pages[0].ofKind)}</span>}
        <span className="spread" />
        {items.length > 0 && <ShareButton place={{ page: 'shared', items: items.slice(0, 20).map(({ id }) => id) }} />}
        {subject !== null && <RemoveButton garment={subject} />}
      </div>
      {subject === null && state.garments.length === 0 && (
        <Empty title={words.noGarments} cure={words.noGarmentsCure} />
      )}
      {subject !== null && <SteeringChips garment={subject} />}
      <FilterBar />
      <ItemList subject={subject} />
    </section>
  );
}

const asFound = '';

function KindMenu({ garment }: { readonly garment: Garment }) {
  const { dispatch } = useShop();
  const { words, label } = useWords();
  const classes = useServedModel()?.labels ?? [];
  const name = garment.wantedLabel ?? garment.label;
  const shown = name === null ? words.somethingDrawn : label(name);
  return (
    <h2 className="kind">
      <MenuTrigger>
        <Button className="kind-button" aria-label={`${words.kind}: ${shown}`}>
          {shown}
          <Icon name="chevron" />
        </Button>
        <Popover className="popover">
          <Menu
            className="menu"
            aria-label={words.kind}
            selectionMode="single"
            selectedKeys={[garment.wantedLabel ?? asFound]}
            onAction={(key) =>
              dispatch({ type: 'label wanted', id: garment.id, label: key === asFound ? null : String(key) })
            }
          >
            <MenuItem id={asFound} className="menu-item">
              {words.anyKind}
            </MenuItem>
            {classes.map((each) => (
              <MenuItem key={each} id={each} className="menu-item" textValue={label(each)}>
                {label(each)}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
    </h2>
  );
}

function RemoveButton({ garment }: { readonly garment: Garment }) {
  const { dispatch } = useShop();
  const { words } = useWords();
  return (
    <Button
      className="quiet-button"
      aria-label={words.remove}
      onPress={() => dispatch({ type: 'box removed', id: garment.id })}
    >
      <Icon name="trash" />
    </Button>
  );
}
