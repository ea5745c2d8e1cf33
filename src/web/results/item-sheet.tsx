/** @file One item looked at closely: why it is here, its variants, and where to go from it. */
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Variant } from '../../client/client.ts';
import { Icon } from '../icon.tsx';
import { useShop } from '../state/shop-context.tsx';
import { briefOf, type OpenedItem } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { ItemPicture, SaveButton } from './item-card.tsx';
import { productPage } from './product-page.ts';
import { ShareButton } from './share-button.tsx';
import { ShopLink } from './shop-link.tsx';
import { whyLines } from './why-lines.ts';

export function ItemSheet() {
  const { state, dispatch } = useShop();
  const { words } = useWords();
  const { opened } = state;
  const close = () => dispatch({ type: 'item opened', opened: null });
  return (
    <ModalOverlay
      className="veil"
      isDismissable
      isOpen={opened !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) close();
      }}
    >
      <Modal className="sheet">
        <Dialog className="sheet-dialog">
          <Button className="quiet-button sheet-close" aria-label={words.close} onPress={close}>
            <Icon name="close" />
          </Button>
          {opened !== null && <Details opened={opened} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Details({ opened: { item, garment } }: { readonly opened: OpenedItem }) {
  const { state } = useShop();
  const { words, price } = useWords();
  const wanted = state.garments.find(({ id }) => id === garment);
  const brief = briefOf(item);
  const lines = whyLines(words, item, wanted?.wantedLabel ?? wanted?.label ?? null);
  return (
    <div className="details">
      <div className="details-picture">
        <ItemPicture image={item.image} width={640} />
        <SaveButton brief={brief} />
      </div>
      <div className="details-words">
        <p className="card-brand">{brief.brand}</p>
        <Heading slot="title">{item.title}</Heading>
        <p className="card-facts">
          <span className="price">{item.price === null ? words.noPrice : price(item.price, item.currency)}</span>
          {item.match !== null && (
            <span className="match" data-match={item.match}>
              {words[item.match]}
            </span>
          )}
        </p>
        <ShopLink url={item.url} />
        <Steering opened={{ item, garment, queryId: null }} />
        {lines.length > 0 && (
          <section className="why">
            <h3>{words.whyThis}</h3>
            <ul>
              {lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </section>
        )}
        {item.variants.length > 0 && (
          <section>
            <h3>{words.variants}</h3>
            <ul className="variants">
              {item.variants.map((variant) => (
                <li key={variant.id}>
                  <VariantPicture variant={variant} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  );
}

function VariantPicture({ variant: { id, image, url } }: { readonly variant: Variant }) {
  const page = productPage(url);
  const picture = <ItemPicture image={image} width={160} />;
  if (page === null) return picture;
  return (
    <a href={page} target="_blank" rel="noopener noreferrer" aria-label={id}>
      {picture}
    </a>
  );
}

/** Beside a photo examples move its garment; elsewhere they make a page of their own. */
function Steering({ opened: { item, garment } }: { readonly opened: OpenedItem }) {
  const { state, dispatch, go } = useShop();
  const { words } = useWords();
  const { view } = state;
  const steer = (toward: 'like' | 'not') => {
    dispatch({ type: 'item opened', opened: null });
    if (garment !== null) {
      dispatch({ type: 'steered', id: garment, toward, item: briefOf(item) });
      dispatch({ type: 'garment chosen', id: garment });
    } else if (toward === 'like' || view.page !== 'similar') go({ page: 'similar', like: [item.id], not: [] });
    else go({ ...view, not: [...view.not, item.id] });
  };
  const canExclude = garment !== null || view.page === 'similar';
  return (
    <div className="details-actions">
      <Button className="second-button" onPress={() => steer('like')}>
        <Icon name="plus" />
        {words.moreLike}
      </Button>
      {canExclude && (
        <Button className="second-button" onPress={() => steer('not')}>
          <Icon name="minus" />
          {words.notLike}
        </Button>
      )}
      <ShareButton place={{ page: 'similar', like: [item.id], not: [] }} className="second-button" />
    </div>
  );
}
