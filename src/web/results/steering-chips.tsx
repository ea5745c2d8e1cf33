/** @file The examples that move a garment's list: more like these, less like those. Each can be taken back. */
import { Button } from 'react-aria-components';
import { Icon } from '../icon.tsx';
import { useShop } from '../state/shop-context.tsx';
import type { Garment } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { ItemPicture } from './item-card.tsx';

export function SteeringChips({ garment: { id, like, not } }: { readonly garment: Garment }) {
  const { dispatch } = useShop();
  const { words, say } = useWords();
  const chips = [
    ...like.map((item) => ({ item, word: words.moreLikeShort })),
    ...not.map((item) => ({ item, word: words.notLikeShort })),
  ];
  if (chips.length === 0) return null;
  return (
    <ul className="chips">
      {chips.map(({ item, word }) => (
        <li key={item.id} className="chip">
          <ItemPicture image={item.image} width={160} />
          <span>
            {word} {item.title}
          </span>
          <Button
            className="quiet-button"
            aria-label={say(words.forget, { title: item.title })}
            onPress={() => dispatch({ type: 'steering undone', id, item: item.id })}
          >
            <Icon name="close" />
          </Button>
        </li>
      ))}
    </ul>
  );
}
