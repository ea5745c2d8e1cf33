/** @file What was saved. It needs no server: the list is on this device. */
import { Empty } from '../notice.tsx';
import { BriefCard } from '../results/item-card.tsx';
import { ShareButton } from '../results/share-button.tsx';
import { useShop } from '../state/shop-context.tsx';
import { useWords } from '../words/words-context.tsx';

export function FavouritesPage() {
  const { state, go } = useShop();
  const { words } = useWords();
  const { favourites } = state;
  return (
    <div className="page">
      <div className="result-head">
        <h1>{words.favourites}</h1>
        <span className="spread" />
        {favourites.length > 0 && (
          <ShareButton place={{ page: 'shared', items: favourites.slice(0, 20).map(({ id }) => id) }} />
        )}
      </div>
      {favourites.length === 0 && <Empty title={words.noFavourites} cure={words.noFavouritesCure} />}
      <div className="grid">
        {favourites.map((brief) => (
          <BriefCard key={brief.id} brief={brief} onOpen={() => go({ page: 'similar', like: [brief.id], not: [] })} />
        ))}
      </div>
    </div>
  );
}
