/** @file What is chosen for good, from any page: whether garments are found on this device. */
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { DeviceSwitch } from './finder/device-switch.tsx';
import { Icon } from './icon.tsx';
import { useWords } from './words/words-context.tsx';

export function SettingsButton() {
  const { words } = useWords();
  return (
    <DialogTrigger>
      <Button className="quiet-button">
        <Icon name="settings" />
        <span className="nav-word">{words.settings}</span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog className="settings-dialog" aria-label={words.settings}>
          <DeviceSwitch />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
