/** @file Shop the look: a few items for every garment, no product twice. */
import { Button } from 'react-aria-components';
import { Notice, Waiting } from '../notice.tsx';
import { failureFor, pagesFor, progressFor } from '../state/asks.ts';
import { useShop } from '../state/shop-context.tsx';
import type { Garment } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { FilterBar } from './filter-bar.tsx';
import { ItemCard } from './item-card.tsx';
import { ShareButton } from './share-button.tsx';
import { useLastShown } from './use-last-shown.ts';

export function LookResults() {
  const { state } = useShop();
  const { words } = useWords();
  const best = state.garments.flatMap((garment) => pagesFor(state, garment)[0]?.items.slice(0, 2) ?? []);
  return (
    <section aria-label={words.wholeLook}>
      <div className="result-head">
        <h2>{words.wholeLook}</h2>
        <span className="spread" />
        {best.length > 0 && <ShareButton place={{ page: 'shared', items: best.slice(0, 20).map(({ id }) => id) }} />}
      </div>
      <FilterBar />
      {state.garments.map((garment) => (
        <LookRow key={garment.id} garment={garment} />
      ))}
    </section>
  );
}

function LookRow({ garment }: { readonly garment: Garment }) {
  const { state, dispatch } = useShop();
  const { words, label, say } = useWords();
  const [progress] = progressFor(state, garment);
  const failure = failureFor(state, garment);
  const page = useLastShown(pagesFor(state, garment)[0], progress?.step !== 'answered');
  const name = garment.wantedLabel ?? garment.label;
  const shown = name === null ? words.somethingDrawn : label(name);
  const choose = () => {
    dispatch({ type: 'garment chosen', id: garment.id });
    window.scrollTo({ top: 0 });
  };
  return (
    <section className="look-row" aria-label={shown}>
      <div className="row-head">
        <h3>{shown}</h3>
        <Button className="quiet-button" aria-label={say(words.allOf, { label: shown })} onPress={choose}>
          {words.all}
        </Button>
      </div>
      {failure !== null && <Notice failure={failure} onRetry={() => dispatch({ type: 'tried again' })} />}
      {page === undefined && failure === null && <Waiting what={words.searching} />}
      {page?.items.length === 0 && <p className="remark">{words.nothing}</p>}
      {page !== undefined && page.items.length > 0 && (
        <ul className="strip" aria-busy={progress?.step !== 'answered'}>
          {page.items.map((item, position) => (
            <li key={item.id}>
              <ItemCard item={item} queryId={page.queryId} position={position} garment={garment.id} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
