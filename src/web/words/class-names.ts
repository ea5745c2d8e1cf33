/** @file What the classes of the bundled model are called in each language, in the web app and in the widget. */

const en = {
  jacket: 'Jacket',
  cardigan: 'Cardigan',
  sweater: 'Sweater',
  tank: 'Tank top',
  blouse: 'Blouse',
  tee: 'T-shirt',
  dress: 'Dress',
  trousers: 'Trousers',
  shorts: 'Shorts',
  skirt: 'Skirt',
  footwear: 'Shoes',
  hat: 'Hat',
  bag: 'Bag',
};

export type ClassNames = { readonly [label in keyof typeof en]: string };

/** A shop's own model may have other classes: their labels are shown as they are. */
export const classNames = {
  en,
  de: {
    jacket: 'Jacke',
    cardigan: 'Strickjacke',
    sweater: 'Pullover',
    tank: 'Trägertop',
    blouse: 'Bluse',
    tee: 'T-Shirt',
    dress: 'Kleid',
    trousers: 'Hose',
    shorts: 'Shorts',
    skirt: 'Rock',
    footwear: 'Schuhe',
    hat: 'Hut',
    bag: 'Tasche',
  },
  es: {
    jacket: 'Chaqueta',
    cardigan: 'Rebeca',
    sweater: 'Jersey',
    tank: 'Camiseta de tirantes',
    blouse: 'Blusa',
    tee: 'Camiseta',
    dress: 'Vestido',
    trousers: 'Pantalón',
    shorts: 'Pantalón corto',
    skirt: 'Falda',
    footwear: 'Zapatos',
    hat: 'Sombrero',
    bag: 'Bolso',
  },
  ar: {
    jacket: 'سترة',
    cardigan: 'كارديغان',
    sweater: 'كنزة',
    tank: 'قميص بلا أكمام',
    blouse: 'بلوزة',
    tee: 'تيشيرت',
    dress: 'فستان',
    trousers: 'بنطال',
    shorts: 'شورت',
    skirt: 'تنورة',
    footwear: 'حذاء',
    hat: 'قبعة',
    bag: 'حقيبة',
  },
} as const satisfies { readonly [language: string]: ClassNames };
