/** @file Makes the doctor's page: reads the photos that it shows. */
import { join } from 'node:path';
import type { Examination } from '../dataset/doctor/examine.ts';
import type { Finding, FoundPhoto, Subject } from '../dataset/doctor/finding.ts';
import { readPhoto } from '../image/decode-node.ts';
import { type DoctorCard, doctorPage } from './doctor-page.ts';
import { thumbnail } from './render-node.ts';

/** Photos shown of a finding. */
const shown = 12;
const frame = { width: 300, height: 300 };

export async function renderDoctorPage({ subjects, findings }: Examination): Promise<string> {
  const subjectOf = new Map(subjects.map((subject) => [subject.name, subject]));
  const cards: DoctorCard[][] = [];
  for (const finding of findings) cards.push(await drawCards(finding, subjectOf));
  const sets = subjects.map(({ name, set: { format, given } }) => ({
    name,
    format,
    photos: given.images.length,
    boxes: given.annotations.length,
    classes: given.categories.length,
  }));
  return doctorPage({ sets, findings, cards });
}

async function drawCards({ kind, photos }: Finding, subjectOf: ReadonlyMap<string, Subject>): Promise<DoctorCard[]> {
  if (kind === 'photo-unreadable') return [];
  const cards: DoctorCard[] = [];
  for (const found of wholeGroups(photos)) {
    // It was readable a moment ago; if it is gone, the page does without.
    const photo = await readPhoto(join(subjectOf.get(found.source)!.set.images, found.fileName)).catch(() => null);
    if (photo === null) continue;
    const inlay = await thumbnail(photo, frame);
    cards.push({ found, inlay, scale: inlay.width / photo.width });
  }
  return cards;
}

/** The first photos; of copies, whole groups, but for one that is larger than all there is room for. */
function wholeGroups(photos: readonly FoundPhoto[]): readonly FoundPhoto[] {
  const first = photos.slice(0, shown);
  const group = photos[shown]?.group ?? null;
  if (group === null) return first;
  const whole = first.filter((found) => found.group !== group);
  return whole.length === 0 ? first : whole;
}
