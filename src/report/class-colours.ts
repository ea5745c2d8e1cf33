/** @file A colour for each class: dark enough for white text, and apart from its neighbours in the list. */

const palette = [
  '#0f62c4', // blue
  '#c2410c', // orange
  '#0f7a55', // green
  '#9d2396', // magenta
  '#8a6100', // ochre
  '#5b3fd0', // violet
  '#b3243b', // red
  '#0e7490', // teal
  '#5f6f0c', // olive
  '#c02672', // pink
  '#7a4a2b', // brown
  '#3d4f8f', // slate blue
  '#4b5563', // grey
] as const;

/** The whole picture has no class. */
const noClass = '#374151';

/** The same class has the same colour in every picture made with the same list. */
export function colourOfClass(label: string | null, classes: readonly string[]): string {
  if (label === null) return noClass;
  const index = classes.indexOf(label);
  return palette[(index < 0 ? label.length : index) % palette.length];
}
