import { expect, test } from 'vitest';
import { colourOfClass } from './class-colours.ts';
import { contactSheetSvg, type SheetGarment, type SheetItem } from './contact-sheet.ts';

const picture = { href: 'data:,', width: 10, height: 10 };
const classes = ['tee', 'bag'];

function sheetOf(...items: Partial<SheetItem>[]): string {
  return sheetOfGarment({}, ...items);
}

function sheetOfGarment(others: Partial<SheetGarment>, ...items: Partial<SheetItem>[]): string {
  const whole = { title: 'An item', price: null, similarity: 0.5, otherClass: null, picture };
  const garment = {
    ...{
      box: [0, 0, 9, 9] as const,
      label: 'tee',
      score: 0.9,
      wholePicture: false,
      nothingSimilar: false,
      crop: picture,
    },
    ...others,
  };
  return contactSheetSvg({
    ...{ name: 'a.jpg', photo: { ...picture, width: 440 }, photoScale: 1, classes, font: 'system' },
    garments: [{ ...garment, items: items.map((item) => ({ ...whole, ...item })) }],
  });
}

test("an item of another class than the garment's is marked with it, in its colour; others are not", () => {
  const bag = colourOfClass('bag', classes);
  expect(sheetOf({})).not.toContain(bag);
  const marked = sheetOf({ otherClass: 'bag' }, {});
  expect(marked.match(/>bag<\/text>/g)).toHaveLength(1);
  expect(marked).toContain(`fill="${bag}"`);
  expect(sheetOf({ otherClass: '<b>&' })).toContain('>&lt;b&gt;&amp;</text>');
});

test('where all items are weak matches that is said in words, whole even beside one item, and no bar is in the colour of the class', () => {
  const words = 'Nothing very similar here. These come nearest.';
  const barIn = (sheet: string) => /rx="2\.5" fill="(#\w+)"\/>(?!<rect)/.exec(sheet)?.[1];
  const tee = colourOfClass('tee', classes);
  expect(sheetOf({})).not.toContain(words);
  expect(barIn(sheetOf({}))).toBe(tee);
  const weak = sheetOfGarment({ nothingSimilar: true }, {});
  expect(weak).toContain(`>${words}</text>`);
  expect(barIn(weak)).not.toBe(tee);
});
