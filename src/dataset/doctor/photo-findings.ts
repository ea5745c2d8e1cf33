/** @file What is wrong with single photos: unreadable, turned, of another size than their labels. */
import { plural } from '../../text/plural.ts';
import type { Corrected, CorrectedPhoto } from './correct.ts';
import { type Finding, type FoundPhoto, foundBox, foundPhoto, type Subject } from './finding.ts';
import type { SurveyedPhoto } from './survey-node.ts';

export function unreadablePhotos(subjects: readonly Subject[]): Finding[] {
  const photos = subjects.flatMap((subject) =>
    [...subject.set.faults, ...subject.survey.flatMap((each) => ('code' in each ? [each] : []))].map(
      ({ fileName, message }) => foundPhoto(subject, fileName, { detail: message }),
    ),
  );
  return found({
    kind: 'photo-unreadable',
    severity: 'error',
    title: `${plural(photos.length, 'photo')} missing or unreadable`,
    explanation: 'The labels name them, and they are not there, damaged, or in a format that is not read.',
    cure: 'Copy them again, or remove their labels. --fix leaves them out.',
    isFixable: true,
    photos,
  });
}

export function turnedPhotos(subjects: readonly Subject[], corrected: readonly Corrected[]): Finding[] {
  const certain: FoundPhoto[] = [];
  const unsure: FoundPhoto[] = [];
  const resized: FoundPhoto[] = [];
  subjects.forEach((subject, place) => {
    corrected[place].photos.forEach((photo, index) => {
      const surveyed = subject.survey[index];
      if ('code' in surveyed) return;
      const { image, given, annotations, isTurned } = photo;
      const { orientation, stored, upright } = surveyed;
      if (isTurned) {
        const boxes = given.map((annotation, at) => foundBox(subject, annotation, annotations[at].bbox));
        const detail = `EXIF orientation ${orientation}, stored as ${stored.width} x ${stored.height}`;
        certain.push(foundPhoto(subject, image.file_name, { boxes, detail }));
      } else if (image.width !== upright.width || image.height !== upright.height) {
        const sizes = `${upright.width} x ${upright.height}, its labels are for ${image.width} x ${image.height}`;
        resized.push(foundPhoto(subject, image.file_name, { detail: `the photo is ${sizes}` }));
      } else if (isTurnUnknown(subject, photo, surveyed)) {
        const boxes = given.map((annotation) => foundBox(subject, annotation, null));
        unsure.push(foundPhoto(subject, image.file_name, { boxes, detail: `EXIF orientation ${orientation}` }));
      }
    });
  });
  return [
    ...found({
      kind: 'photo-rotated',
      severity: 'error',
      title: `${plural(certain.length, 'photo')} labelled before EXIF turned them`,
      explanation:
        'The boxes were made on the pixels as they are stored; programs that show the photo upright have them in the wrong place.',
      cure: 'Turn the boxes: --fix does.',
      isFixable: true,
      photos: certain,
    }),
    ...found({
      kind: 'photo-other-size',
      severity: 'error',
      title: `${plural(resized.length, 'photo')} of another size than the labels`,
      explanation: 'The boxes are for another version of the photo.',
      cure: 'Use the photos that were labelled, or scale the boxes.',
      isFixable: false,
      photos: resized,
    }),
    ...found({
      kind: 'rotation-unsure',
      severity: 'note',
      title: `${plural(unsure.length, 'photo')} turned by EXIF, where the size does not tell if the boxes are`,
      explanation: 'The photo has the same size before and after turning, or the labels give no size.',
      cure: 'Look at them: the boxes should lie on the garments of the upright photo.',
      isFixable: false,
      photos: unsure,
    }),
  ];
}

/** A size in the labels says on which pixels boxes were made, if turning exchanges the sides. */
function isTurnUnknown({ set }: Subject, { given }: CorrectedPhoto, { orientation, stored, upright }: SurveyedPhoto) {
  return orientation > 1 && given.length > 0 && (stored.width === upright.width || set.hasOwnSizes);
}

/** The finding, where there are photos. */
function found(finding: Omit<Finding, 'classes' | 'count'>): Finding[] {
  return finding.photos.length === 0 ? [] : [{ ...finding, classes: [], count: finding.photos.length }];
}
