/** @file Where the photo that is shown has been, and how to have its garments found the way that is chosen now. */
import { Button } from 'react-aria-components';
import { useShop } from '../state/shop-context.tsx';
import type { Photo } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';

export function PhotoWhereabouts({ photo }: { readonly photo: Photo }) {
  const { device, takePhoto } = useShop();
  const { words } = useWords();
  const hasStayed = photo.spaceId !== null;
  const isAsChosen = hasStayed === device.isChosen;
  if (isAsChosen && !hasStayed) return null;
  return (
    <div className="whereabouts">
      <p className="hint">{hasStayed ? words.device.stayed : words.device.sent}</p>
      {!isAsChosen && (
        <Button className="second-button" onPress={() => takePhoto(photo)}>
          {device.isChosen ? words.device.findHere : words.device.findThere}
        </Button>
      )}
    </div>
  );
}
