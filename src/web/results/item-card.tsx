/** @file One item of a list: its picture, what it costs, how well it matches; saved with one touch, opened with another. */
import { useEffect, useRef } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import type { SimilarItem } from '../../client/client.ts';
import { Icon } from '../icon.tsx';
import { client, useShop } from '../state/shop-context.tsx';
import { briefOf, type ItemBrief } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';

interface Props {
  readonly item: SimilarItem;
  readonly queryId: string;
  /** In its list, over all pages. */
  readonly position: number;
  readonly garment: string | null;
}

export function ItemCard({ item, queryId, position, garment }: Props) {
  const { dispatch, events } = useShop();
  const { words } = useWords();
  const card = useSeen(() => events.add({ type: 'view', queryId, item: item.id, position }));
  return (
    <BriefCard
      ref={card}
      brief={briefOf(item)}
      note={item.attributes.inStock === false ? words.soldOut : item.match === null ? null : words[item.match]}
      match={item.match}
      onOpen={() => {
        events.add({ type: 'click', queryId, item: item.id, position });
        dispatch({ type: 'item opened', opened: { item, queryId, garment } });
      }}
    />
  );
}

export function BriefCard(props: {
  readonly brief: ItemBrief;
  readonly note?: string | null;
  readonly match?: SimilarItem['match'];
  readonly onOpen: () => void;
  readonly ref?: React.Ref<HTMLElement>;
}) {
  const { brief, note = null, match = null, onOpen, ref } = props;
  const { words, say, price } = useWords();
  return (
    <article className="card" ref={ref}>
      <Button className="card-picture" aria-label={say(words.openItem, { title: brief.title })} onPress={onOpen}>
        <ItemPicture image={brief.image} width={320} />
      </Button>
      <SaveButton brief={brief} />
      <p className="card-brand">{brief.brand}</p>
      <p className="card-title">{brief.title}</p>
      <p className="card-facts">
        <span className="price">{brief.price === null ? words.noPrice : price(brief.price, brief.currency)}</span>
        {note !== null && (
          <span className="match" data-match={match}>
            {note}
          </span>
        )}
      </p>
    </article>
  );
}

export function SaveButton({ brief }: { readonly brief: ItemBrief }) {
  const { state, dispatch } = useShop();
  const { words, say } = useWords();
  const isSaved = state.favourites.some(({ id }) => id === brief.id);
  return (
    <ToggleButton
      className="save-button"
      aria-label={say(words.saveItem, { title: brief.title })}
      isSelected={isSaved}
      onChange={() => dispatch({ type: 'favourite toggled', item: brief })}
    >
      <Icon name={isSaved ? 'heart-full' : 'heart'} />
    </ToggleButton>
  );
}

/** The title stands beside it, so it is silent. */
export function ItemPicture({ image, width }: { readonly image: string | null; readonly width: 160 | 320 | 640 }) {
  const address = client.pictureUrl(image, width);
  if (address === null) return <span className="no-picture" />;
  return <img src={address} alt="" loading="lazy" decoding="async" />;
}

/** Says once when half of an element has come into view. */
function useSeen(onSeen: () => void) {
  const element = useRef<HTMLElement>(null);
  const report = useRef(onSeen);
  report.current = onSeen;
  useEffect(() => {
    if (element.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        report.current();
      },
      { threshold: 0.5 },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return element;
}
