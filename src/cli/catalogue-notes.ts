/** @file What is noticed of a catalogue while it is indexed, and told once at the end: things that are no row's fault. */
import type { CatalogueEntry, SkippedProduct } from '../catalogue/catalogue.ts';
import type { EmptyColumn } from '../catalogue/feed-columns.ts';
import { plural } from '../text/plural.ts';

/** Gathers notes from one reading of a catalogue. */
export class CatalogueNotes {
  readonly #skipped = new Map<SkippedProduct['reason'], number>();
  readonly #empty: EmptyColumn[] = [];
  #numPictures = 0;
  #numAddresses = 0;

  /** Products that the shop does not show. */
  get numSkipped(): number {
    return [...this.#skipped.values()].reduce((sum, count) => sum + count, 0);
  }

  readonly onSkip = ({ reason }: Pick<SkippedProduct, 'reason'>): void => {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
  };

  readonly onEmptyColumn = (column: EmptyColumn): void => {
    this.#empty.push(column);
  };

  readonly onEntry = (entry: CatalogueEntry): void => {
    if (entry.kind !== 'picture') return;
    this.#numPictures += 1;
    if (entry.url !== null) this.#numAddresses += 1;
  };

  /** A line each, for people. */
  lines(): string[] {
    const reasons = [...this.#skipped].map(([reason, count]) => `${count} ${reason}`).join(', ');
    return [
      ...(this.numSkipped === 0
        ? []
        : [`${plural(this.numSkipped, 'product')} that the shop does not show: ${reasons}`]),
      ...this.#empty.map(
        ({ column, flag, numRows }) =>
          `column ${JSON.stringify(column)} of ${flag} was empty in ${numRows === 1 ? 'the one row' : `all ${numRows} rows`}`,
      ),
      ...(this.#numPictures === 0 || this.#numAddresses > 0 ? [] : [noAddress]),
    ];
  }
}

const noAddress =
  "no item has an address: the app and the widget cannot link; --url 'https://shop.example/products/{handle}' gives each one";
