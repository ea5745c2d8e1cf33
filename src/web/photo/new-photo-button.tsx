/** @file The way to another photo where there is no room for both buttons: what is shown stays until one is chosen. */
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Icon } from '../icon.tsx';
import { useWords } from '../words/words-context.tsx';
import { PhotoButtons } from './photo-buttons.tsx';

export function NewPhotoButton() {
  const { words } = useWords();
  return (
    <DialogTrigger>
      <Button className="quiet-button new-photo">
        <Icon name="camera" />
        {words.newPhoto}
      </Button>
      <Popover className="popover" placement="top start">
        <Dialog className="new-photo-dialog" aria-label={words.newPhoto}>
          <PhotoButtons />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
