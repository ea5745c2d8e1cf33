/** @file Filters, each with what there is of it and how much; they stay as they are from garment to garment. */

import { useEffect, useState } from 'react';
import {
  Button,
  Dialog,
  DialogTrigger,
  Label,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Slider,
  SliderOutput,
  SliderThumb,
  SliderTrack,
  ToggleButton,
} from 'react-aria-components';
import type { FacetCount } from '../../client/client.ts';
import { Icon } from '../icon.tsx';
import { facetsFor, isWaiting } from '../state/asks.ts';
import { isFiltered, noFilter, withValues } from '../state/filter-choice.ts';
import { useShop } from '../state/shop-context.tsx';
import { useWords } from '../words/words-context.tsx';
import { useLastShown } from './use-last-shown.ts';

interface ValueCount {
  readonly value: string | boolean;
  readonly count: number;
}
type Range = Extract<FacetCount, { readonly from: number }>;

export function FilterBar() {
  const { state, dispatch } = useShop();
  const { words } = useWords();
  // A filter that is gone for a moment would close what is open of it.
  const facets = useLastShown(facetsFor(state), isWaiting(state));
  return (
    <fieldset className="filters">
      <legend className="only-read">{words.filters}</legend>
      {Object.entries(facets).map(([field, counts]) => {
        const ranges = counts.filter((each) => 'from' in each);
        if (field === 'price') return ranges.length > 0 && <PriceFilter key={field} ranges={ranges} />;
        if (ranges.length > 0) return false;
        const values = counts.filter((each) => 'value' in each);
        const isYesNo = values.every(({ value }) => typeof value === 'boolean');
        if (isYesNo) return <YesFilter key={field} field={field} values={values} />;
        return <ValueFilter key={field} field={field} values={values} />;
      })}
      {isFiltered(state.filter) && (
        <Button className="quiet-button" onPress={() => dispatch({ type: 'filtered', filter: noFilter })}>
          <Icon name="close" />
          {words.clearFilters}
        </Button>
      )}
    </fieldset>
  );
}

/** Words for the usual fields; a shop's own are shown as it names them. */
function useFieldName(field: string): string {
  const { words } = useWords();
  const known: { readonly [field: string]: string } = words.fields;
  if (field === 'inStock') return words.inStock;
  return Object.hasOwn(known, field) ? known[field] : field;
}

function ValueFilter({ field, values }: { readonly field: string; readonly values: readonly ValueCount[] }) {
  const { state, dispatch } = useShop();
  const { count, words, label } = useWords();
  const name = useFieldName(field);
  const chosen = state.filter.values[field] ?? [];
  // What was chosen stays to be taken back, though no item has it any more.
  const listed = [
    ...values,
    ...chosen.filter((each) => !values.some(({ value }) => value === each)).map((value) => ({ value, count: 0 })),
  ];
  const wordOf = (value: string | boolean) => (field === 'category' ? label(String(value)) : String(value));
  return (
    <MenuTrigger>
      <Button className="filter" data-chosen={chosen.length > 0 || undefined}>
        {name}
        {chosen.length === 1 && `: ${wordOf(chosen[0])}`}
        {chosen.length > 1 && `: ${count(words.chosenCount, chosen.length)}`}
        <Icon name="chevron" />
      </Button>
      <Popover className="popover">
        <Menu
          className="menu"
          aria-label={name}
          selectionMode="multiple"
          selectedKeys={chosen.map(String)}
          onSelectionChange={(keys) => {
            const next = keys === 'all' ? listed.map(({ value }) => value) : [...keys].map(String);
            dispatch({ type: 'filtered', filter: withValues(state.filter, field, next) });
          }}
        >
          {listed.map(({ value, count: number }) => (
            <MenuItem key={String(value)} id={String(value)} className="menu-item" textValue={wordOf(value)}>
              <span>{wordOf(value)}</span>
              <span className="count">{number}</span>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function YesFilter({ field, values }: { readonly field: string; readonly values: readonly ValueCount[] }) {
  const { state, dispatch } = useShop();
  const name = useFieldName(field);
  const isChosen = state.filter.values[field]?.[0] === true;
  const number = values.find(({ value }) => value === true)?.count ?? 0;
  return (
    <ToggleButton
      className="filter"
      isSelected={isChosen}
      data-chosen={isChosen || undefined}
      onChange={(isOn) => dispatch({ type: 'filtered', filter: withValues(state.filter, field, isOn ? [true] : []) })}
    >
      {name} <span className="count">{number}</span>
    </ToggleButton>
  );
}

function PriceFilter({ ranges }: { readonly ranges: readonly Range[] }) {
  const { state, dispatch } = useShop();
  const { words, price } = useWords();
  const { currency } = ranges[0];
  const low = Math.floor(Math.min(...ranges.map(({ from }) => from)));
  const high = Math.ceil(Math.max(...ranges.map(({ to }) => to)));
  const chosen = state.filter.price;
  const [span, setSpan] = useState<readonly number[]>([low, high]);
  useEffect(() => setSpan([chosen?.from ?? low, chosen?.to ?? high]), [chosen, low, high]);
  const [from = low, to = high] = span;
  const shown = `${price(from, currency)} – ${price(to, currency)}`;
  if (low >= high && chosen === null) return null;
  return (
    <DialogTrigger>
      <Button className="filter" data-chosen={chosen !== null || undefined}>
        {words.fields.price}
        {chosen !== null && `: ${shown}`}
        <Icon name="chevron" />
      </Button>
      <Popover className="popover">
        <Dialog className="price-dialog" aria-label={words.priceRange}>
          <Slider
            className="slider"
            value={[from, to]}
            minValue={Math.min(low, from)}
            maxValue={Math.max(high, to)}
            onChange={setSpan}
            onChangeEnd={([least, most]) => {
              const isAll = least <= low && most >= high;
              dispatch({
                type: 'filtered',
                filter: { ...state.filter, price: isAll ? null : { from: least, to: most } },
              });
            }}
          >
            <Label>{words.priceRange}</Label>
            <SliderOutput>{shown}</SliderOutput>
            <SliderTrack className="track">
              <SliderThumb index={0} className="thumb" aria-label={words.priceFrom} />
              <SliderThumb index={1} className="thumb" aria-label={words.priceTo} />
            </SliderTrack>
          </Slider>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
