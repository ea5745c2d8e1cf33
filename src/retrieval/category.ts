/**
 * @file From a shop's words for a category ("T-shirts", "Women > Shoes > Sneakers") to the classes of a detector.
 * The one table of synonyms; a class that a shop trained itself is found by its own name.
 */
import { foldCase, singularKey } from '../text/word-forms.ts';

/** Class to the words that shops use, in the singular, without accents and dashes. */
const synonyms: { readonly [className: string]: readonly string[] } = {
  tee: ['t shirt', 'tshirt', 'tee shirt', 'jersey', 'polo', 'polo shirt', 'longsleeve', 'long sleeve', 'top'],
  blouse: ['shirt', 'button down', 'button up', 'dress shirt', 'tunic', 'top'],
  tank: ['tank top', 'vest top', 'camisole', 'cami', 'singlet', 'sleeveless top', 'crop top', 'undershirt', 'top'],
  sweater: ['pullover', 'jumper', 'sweatshirt', 'hoodie', 'hoody', 'knitwear', 'knit', 'turtleneck', 'fleece'],
  cardigan: ['knitwear', 'kimono'],
  jacket: [
    'coat',
    'blazer',
    'parka',
    'anorak',
    'bomber',
    'trench',
    'outerwear',
    'outwear',
    'suit jacket',
    'windbreaker',
    'waistcoat',
    'gilet',
  ],
  dress: ['gown', 'shirt dress', 't shirt dress', 'sundress', 'jumpsuit', 'romper', 'playsuit'],
  trousers: ['trouser', 'pant', 'jean', 'denim', 'chino', 'legging', 'jogger', 'sweatpant', 'slack', 'cargo', 'bottom'],
  shorts: ['short', 'bermuda', 'hotpant', 'swim short', 'board short', 'bottom'],
  skirt: ['miniskirt', 'skort', 'bottom'],
  footwear: [
    'shoe',
    'sneaker',
    'trainer',
    'boot',
    'sandal',
    'heel',
    'loafer',
    'flat',
    'slipper',
    'pump',
    'flip flop',
    'mule',
    'espadrille',
    'ballerina',
    'oxford',
  ],
  hat: ['cap', 'beanie', 'beret', 'fedora', 'headwear', 'bucket hat', 'bonnet'],
  bag: [
    'handbag',
    'backpack',
    'purse',
    'tote',
    'clutch',
    'satchel',
    'wallet',
    'rucksack',
    'luggage',
    'suitcase',
    'shoulder bag',
    'hobo',
  ],
};

/**
 * The classes that a category may mean, none when its words say nothing.
 *
 * The last step of a path counts ("Shirts & Tops" of "Apparel > Clothing > Shirts & Tops"); in each of its parts the
 * last word does ("dress shirt" is a shirt, "shirt dress" a dress).
 */
export function classesForCategory(category: string, classes: readonly string[]): string[] {
  const steps = category
    .split(/[>|»]/)
    .map((step) => step.trim())
    .filter((step) => step !== '');
  for (const step of steps.reverse()) {
    const found = new Set(step.split(/[&,+/]|\band\b|\bor\b/i).flatMap((part) => classesOfPhrase(part, classes)));
    if (found.size > 0) return classes.filter((name) => found.has(name));
  }
  return [];
}

function classesOfPhrase(phrase: string, classes: readonly string[]): string[] {
  const words = normalise(phrase);
  let best: { end: number; length: number; names: string[] } = { end: 0, length: 0, names: [] };
  for (const { name, wanted } of termsOf(classes)) {
    const end = lastEndOf(wanted, words);
    if (end === 0 || end < best.end || (end === best.end && wanted.length < best.length)) continue;
    const isTie = end === best.end && wanted.length === best.length;
    best = { end, length: wanted.length, names: isTie ? [...best.names, name] : [name] };
  }
  return best.names;
}

interface Term {
  /** Of the class that it means. */
  readonly name: string;
  readonly wanted: readonly string[];
}

/** By the list of classes, of which a model has one: every picture of a catalogue asks. */
const knownTerms = new WeakMap<readonly string[], readonly Term[]>();

function termsOf(classes: readonly string[]): readonly Term[] {
  const known = knownTerms.get(classes);
  if (known !== undefined) return known;
  const terms = classes.flatMap((name) =>
    [name, ...(Object.hasOwn(synonyms, name) ? synonyms[name] : [])].map((term) => ({ name, wanted: normalise(term) })),
  );
  knownTerms.set(classes, terms);
  return terms;
}

/** Where the last occurrence of the wanted words ends, 0 for none. */
function lastEndOf(wanted: readonly string[], words: readonly string[]): number {
  for (let end = words.length; end >= wanted.length; end--) {
    if (wanted.every((word, index) => words[end - wanted.length + index] === word)) return end;
  }
  return 0;
}

/** Words as both sides of a comparison have them: dashes are spaces. */
function normalise(phrase: string): string[] {
  return foldCase(phrase)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '')
    .map(singularKey);
}
