/** @file What is said, in English, where every item of an answer is a weak match: the same words in app, widget, terminal and on contact sheets. */

export const weakMatchesOnly = 'Nothing very similar here. These come nearest.';
