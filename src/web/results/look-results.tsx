/** @file Shop the look: a few items for every garment, no product twice. */
import { Button } from 'react-aria-components';
import type { GarmentAnswer, SimilarItem } from '../../client/client.ts';
import { Notice, Pending, SlowWord } from '../notice.tsx';
import { failureFor, isWaiting, pagesFor, progressFor } from '../state/asks.ts';
import { nameGarments } from '../state/garment-names.ts';
import { useShop } from '../state/shop-context.tsx';
import type { Failure, Garment } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { FilterBar } from './filter-bar.tsx';
import { ItemCard } from './item-card.tsx';
import { ShareButton } from './share-button.tsx';
import { useLastShown } from './use-last-shown.ts';

export function LookResults() {
  const { state, dispatch } = useShop();
  const { words, label } = useWords();
  const failures = state.garments.map((garment) => failureFor(state, garment));
  // One question asks about all that were found: why it failed is told once.
  const shared = failures.find((each, index) => each !== null && failures.indexOf(each) < index) ?? null;
  const names = nameGarments(state.garments, (name) => (name === null ? words.somethingDrawn : label(name)));
  const best = state.garments.flatMap((garment) => ownItems(pagesFor(state, garment)[0]).slice(0, 2));
  return (
    <section aria-label={words.wholeLook}>
      <div className="result-head">
        <h2>{words.wholeLook}</h2>
        <span className="spread" />
        {best.length > 0 && <ShareButton place={{ page: 'shared', items: best.slice(0, 20).map(({ id }) => id) }} />}
      </div>
      <FilterBar />
      {shared !== null && <Notice failure={shared} onRetry={() => dispatch({ type: 'tried again' })} />}
      <SlowWord isWaiting={isWaiting(state)} />
      {state.garments.map((garment) => (
        <LookRow key={garment.id} garment={garment} name={names.get(garment.id) ?? ''} told={shared} />
      ))}
    </section>
  );
}

interface RowProps {
  readonly garment: Garment;
  readonly name: string;
  /** A failure that stands above the rows. */
  readonly told: Failure | null;
}

function LookRow({ garment, name, told }: RowProps) {
  const { state, dispatch } = useShop();
  const { words, say } = useWords();
  const [progress] = progressFor(state, garment);
  const failure = failureFor(state, garment);
  const page = useLastShown(pagesFor(state, garment)[0], progress?.step !== 'answered');
  const items = ownItems(page);
  const choose = () => {
    dispatch({ type: 'garment chosen', id: garment.id });
    window.scrollTo({ top: 0 });
  };
  return (
    <section className="look-row" aria-label={name}>
      <div className="row-head">
        <h3>{name}</h3>
        <Button className="quiet-button" aria-label={say(words.allOf, { label: name })} onPress={choose}>
          {words.all}
        </Button>
      </div>
      {failure !== null && failure !== told && (
        <Notice failure={failure} onRetry={() => dispatch({ type: 'tried again' })} />
      )}
      {page === undefined && failure === null && <Pending what={words.searching} />}
      {page !== undefined && items.length === 0 && <p className="remark">{words.nothing}</p>}
      {page !== undefined && items.length > 0 && (
        <ul className="strip" aria-busy={progress?.step !== 'answered'}>
          {items.map((item, position) => (
            <li key={item.id}>
              <ItemCard item={item} queryId={page.queryId} position={position} garment={garment.id} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** A row has no room to tell other kinds apart; they stand in the garment's own list. */
function ownItems(page: GarmentAnswer | undefined): readonly SimilarItem[] {
  return page?.items.slice(0, page.ofKind) ?? [];
}
