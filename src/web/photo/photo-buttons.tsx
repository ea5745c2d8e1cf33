/** @file The ways to a photo: the camera, a file. Dropping and pasting work everywhere; see `use-incoming-photo.ts`. */
import { Button, FileTrigger } from 'react-aria-components';
import { Icon } from '../icon.tsx';
import { useShop } from '../state/shop-context.tsx';
import { useWords } from '../words/words-context.tsx';

/** HEIC too: some browsers can read it, and what is sent is a JPEG. */
const types = ['image/*'];

export function PhotoButtons() {
  const { takePhoto } = useShop();
  const { words } = useWords();
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined) takePhoto(file);
  };
  return (
    <div className="photo-buttons">
      <span className="only-touch">
        <FileTrigger acceptedFileTypes={types} defaultCamera="environment" onSelect={take}>
          <Button className="main-button">
            <Icon name="camera" />
            {words.takePhoto}
          </Button>
        </FileTrigger>
      </span>
      <FileTrigger acceptedFileTypes={types} onSelect={take}>
        <Button className="main-button second">
          <Icon name="picture" />
          {words.choosePhoto}
        </Button>
      </FileTrigger>
    </div>
  );
}
