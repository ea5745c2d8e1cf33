/** @file What is said where every item of an answer is a weak match: the same words in app and widget; in English in the terminal and on contact sheets too. */

/** By language. */
export const weakMatchesOnly = {
  en: 'Nothing very similar here. These come nearest.',
  de: 'Sehr Ähnliches gibt es hier nicht. Am nächsten kommen diese.',
  es: 'No hay nada muy parecido. Esto es lo más cercano.',
  ar: 'لا يوجد شيء مشابه جدًا. هذه هي الأقرب.',
};
