/** @file What the widget says, in four languages. `{n}` and the like stand for what is filled in. */
import { weakMatchesOnly } from '../../text/weak-matches.ts';
import { classNames } from '../words/class-names.ts';

const en = {
  button: 'Search with a photo',
  title: 'Photo search',
  close: 'Close',
  intro: 'Show us an outfit and we find what comes closest in this shop.',
  takePhoto: 'Take a photo',
  choosePhoto: 'Choose a photo',
  drop: 'You can also drop a photo here, or paste one.',
  privacy:
    'The shop keeps your photo for {time}, in memory only. A search is written down only when you open an item: which item, the kind of garment and numbers that describe it, never the photo.',
  newPhoto: 'New photo',
  photo: 'Your photo',
  busy: 'Looking for garments…',
  garments: 'Garments in the photo',
  garmentOf: '{label}, garment {n} of {total}',
  whole: 'Whole photo',
  results: 'Similar items: {label}',
  found: { one: '{n} similar item', other: '{n} similar items' },
  none: 'Nothing in this shop comes close.',
  weak: weakMatchesOnly.en,
  otherKinds: 'Of other kinds',
  noGarment: 'No single garment was found; these items are similar to the whole photo.',
  noPicture: 'No picture',
  again: 'Try again',
  errorUnreachable: 'The search cannot be reached. Check your connection.',
  errorBusy: 'Many people are searching right now. Please try again in a moment.',
  errorPicture: 'This picture cannot be read. Please choose a JPEG, PNG, WebP or AVIF.',
  errorSetup: 'The photo search is not available on this page.',
  errorOther: 'That did not work. Please try again.',
  strong: 'Very similar',
};

/** Forms by plural category (CLDR). */
type Counted = { readonly [category in Intl.LDMLPluralRule]?: string } & { readonly other: string };

export type WidgetWords = { readonly [word in Exclude<keyof typeof en, 'found'>]: string } & {
  readonly found: Counted;
};

const de: WidgetWords = {
  button: 'Mit Foto suchen',
  title: 'Fotosuche',
  close: 'Schließen',
  intro: 'Zeigen Sie uns ein Outfit: Wir finden, was ihm in diesem Shop am nächsten kommt.',
  takePhoto: 'Foto aufnehmen',
  choosePhoto: 'Foto auswählen',
  drop: 'Sie können ein Foto auch hierher ziehen oder einfügen.',
  privacy:
    'Der Shop behält Ihr Foto {time} lang, nur im Arbeitsspeicher. Eine Suche wird erst festgehalten, wenn Sie einen Artikel öffnen: welcher Artikel, die Art des Kleidungsstücks und Zahlen, die es beschreiben, nie das Foto.',
  newPhoto: 'Neues Foto',
  photo: 'Ihr Foto',
  busy: 'Kleidungsstücke werden gesucht …',
  garments: 'Kleidungsstücke auf dem Foto',
  garmentOf: '{label}, Kleidungsstück {n} von {total}',
  whole: 'Ganzes Foto',
  results: 'Ähnliche Artikel: {label}',
  found: { one: '{n} ähnlicher Artikel', other: '{n} ähnliche Artikel' },
  none: 'In diesem Shop gibt es nichts Ähnliches.',
  weak: weakMatchesOnly.de,
  otherKinds: 'Anderer Art',
  noGarment: 'Kein einzelnes Kleidungsstück gefunden; diese Artikel ähneln dem ganzen Foto.',
  noPicture: 'Kein Bild',
  again: 'Noch einmal versuchen',
  errorUnreachable: 'Die Suche ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung.',
  errorBusy: 'Gerade suchen sehr viele. Bitte versuchen Sie es gleich noch einmal.',
  errorPicture: 'Dieses Bild ist nicht lesbar. Bitte wählen Sie ein JPEG, PNG, WebP oder AVIF.',
  errorSetup: 'Die Fotosuche ist auf dieser Seite nicht verfügbar.',
  errorOther: 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.',
  strong: 'Sehr ähnlich',
};

const es: WidgetWords = {
  button: 'Buscar con una foto',
  title: 'Búsqueda por foto',
  close: 'Cerrar',
  intro: 'Enséñanos un conjunto y encontraremos lo más parecido de esta tienda.',
  takePhoto: 'Hacer una foto',
  choosePhoto: 'Elegir una foto',
  drop: 'También puedes arrastrar una foto aquí o pegarla.',
  privacy:
    'La tienda guarda tu foto {time}, solo en memoria. Una búsqueda se anota solo cuando abres un artículo: qué artículo, el tipo de prenda y números que la describen, nunca la foto.',
  newPhoto: 'Otra foto',
  photo: 'Tu foto',
  busy: 'Buscando prendas…',
  garments: 'Prendas de la foto',
  garmentOf: '{label}, prenda {n} de {total}',
  whole: 'Foto completa',
  results: 'Artículos parecidos: {label}',
  found: { one: '{n} artículo parecido', other: '{n} artículos parecidos' },
  none: 'No hay nada parecido en esta tienda.',
  weak: weakMatchesOnly.es,
  otherKinds: 'De otros tipos',
  noGarment: 'No se encontró ninguna prenda; estos artículos se parecen a la foto completa.',
  noPicture: 'Sin imagen',
  again: 'Intentar de nuevo',
  errorUnreachable: 'No se puede conectar con la búsqueda. Comprueba tu conexión.',
  errorBusy: 'Hay muchas búsquedas en este momento. Inténtalo de nuevo enseguida.',
  errorPicture: 'No se puede leer esta imagen. Elige un JPEG, PNG, WebP o AVIF.',
  errorSetup: 'La búsqueda con fotos no está disponible en esta página.',
  errorOther: 'No ha funcionado. Inténtalo de nuevo.',
  strong: 'Muy parecido',
};

const ar: WidgetWords = {
  button: 'البحث بصورة',
  title: 'البحث بالصور',
  close: 'إغلاق',
  intro: 'أرنا ملابس وسنجد لك الأقرب إليها في هذا المتجر.',
  takePhoto: 'التقاط صورة',
  choosePhoto: 'اختيار صورة',
  drop: 'يمكنك أيضًا سحب صورة إلى هنا أو لصقها.',
  privacy:
    'يحتفظ المتجر بصورتك لمدة {time} في الذاكرة فقط. لا يُسجَّل البحث إلا عندما تفتح منتجًا: المنتج الذي فتحته ونوع القطعة وأرقام تصفها، ولا تُسجَّل الصورة أبدًا.',
  newPhoto: 'صورة جديدة',
  photo: 'صورتك',
  busy: 'جارٍ البحث عن الملابس…',
  garments: 'الملابس في الصورة',
  garmentOf: '{label}، القطعة {n} من {total}',
  whole: 'الصورة كاملة',
  results: 'منتجات مشابهة: {label}',
  found: {
    zero: 'لا منتجات مشابهة',
    one: 'منتج مشابه واحد',
    two: 'منتجان مشابهان',
    few: '{n} منتجات مشابهة',
    many: '{n} منتجًا مشابهًا',
    other: '{n} منتج مشابه',
  },
  none: 'لا يوجد شيء مشابه في هذا المتجر.',
  weak: weakMatchesOnly.ar,
  otherKinds: 'من أنواع أخرى',
  noGarment: 'لم نجد قطعة بعينها؛ هذه المنتجات تشبه الصورة كاملة.',
  noPicture: 'لا توجد صورة',
  again: 'حاول مرة أخرى',
  errorUnreachable: 'تعذّر الوصول إلى البحث. تحقّق من اتصالك.',
  errorBusy: 'هناك عمليات بحث كثيرة الآن. حاول مرة أخرى بعد قليل.',
  errorPicture: 'تعذّرت قراءة هذه الصورة. اختر صورة JPEG أو PNG أو WebP أو AVIF.',
  errorSetup: 'البحث بالصور غير متاح في هذه الصفحة.',
  errorOther: 'لم ينجح ذلك. حاول مرة أخرى.',
  strong: 'مشابه جدًا',
};

const languages = { en, de, es, ar };
export type WidgetLanguage = keyof typeof languages;

export interface Speech {
  readonly language: WidgetLanguage;
  readonly direction: 'ltr' | 'rtl';
  readonly words: WidgetWords;
  /** Words of a class; those of a shop's own model stay as they are. */
  label(label: string | null): string;
  found(count: number): string;
  price(price: number, currency: string | null): string;
  /** "15 minutes" */
  minutes(count: number): string;
}

/** @param wanted language tags, the best first */
export function speechFor(wanted: readonly string[]): Speech {
  const tag = wanted.find((each) => Object.hasOwn(languages, primary(each))) ?? 'en';
  const language = primary(tag) as WidgetLanguage;
  const words: WidgetWords = languages[language];
  return {
    language,
    direction: language === 'ar' ? 'rtl' : 'ltr',
    words,
    label(label) {
      if (label === null) return words.whole;
      const labels: Readonly<Record<string, string>> = classNames[language];
      return Object.hasOwn(labels, label) ? labels[label]! : label;
    },
    found: (count) =>
      fill(words.found[new Intl.PluralRules(language).select(count)] ?? words.found.other, { n: count }),
    minutes: (count) =>
      new Intl.NumberFormat(tag, { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(count),
    price(price, currency) {
      try {
        return new Intl.NumberFormat(tag, currency === null ? {} : { style: 'currency', currency }).format(price);
      } catch {
        // A currency that is none, in somebody's feed.
        return `${price} ${currency}`;
      }
    },
  };
}

export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

function primary(tag: string): string {
  return tag.toLowerCase().split('-', 1)[0] ?? '';
}
