/** @file The switch between this device and the server, with what it means, what is loading, and why it may be off. */
import { useId } from 'react';
import { Label, ProgressBar, Switch } from 'react-aria-components';
import type { LoadProgress } from '../device/messages.ts';
import { Notice } from '../notice.tsx';
import { isOfDevice } from '../results/failure-kind.ts';
import { useShop } from '../state/shop-context.tsx';
import { useWords } from '../words/words-context.tsx';
import type { DeviceState } from './device-mode.ts';
import { deviceMode } from './page-device.ts';

export function DeviceSwitch() {
  const { state, device } = useShop();
  const { words } = useWords();
  const hint = useId();
  const { isChosen, offer, model } = device;
  // What was chosen can be taken back whatever the server offers now.
  const isDisabled = offer?.isOpen === false && !isChosen;
  const said = state.stage.step === 'failed' ? state.stage.failure.kind : null;
  const isSaidAlready = said !== null && (isOfDevice(said) || (model.step === 'failed' && said === model.failure.kind));
  return (
    <div
      className="device"
      data-busy={model.step === 'loading' || model.step === 'failed' || undefined}
      data-closed={offer?.isOpen === false || undefined}
    >
      <Switch
        className="device-switch"
        isSelected={isChosen}
        isDisabled={isDisabled}
        aria-describedby={hint}
        onChange={(isOn) => deviceMode.choose(isOn)}
      >
        <span className="switch-track" aria-hidden="true" />
        {words.device.title}
      </Switch>
      <p className="hint" id={hint}>
        <Hint {...device} />
      </p>
      {model.step === 'loading' && <Loading progress={model.progress} />}
      {model.step === 'failed' && !isSaidAlready && (
        <Notice
          failure={model.failure}
          onRetry={() => void deviceMode.load().catch(() => {})}
          onServer={() => deviceMode.choose(false)}
        />
      )}
    </div>
  );
}

function Hint({ isChosen, offer, model }: DeviceState) {
  const { words, say, size } = useWords();
  if (offer?.isOpen === false) return words.device.why[offer.why];
  if (isChosen) return model.step === 'ready' ? words.device.ready : words.device.privacy;
  // Off: what it would mean.
  const once = offer === null ? '' : ` ${say(words.device.once, { size: size(offer.bytes) })}`;
  return `${words.device.hint}${once}`;
}

/** How much of the track is filled where nothing is measured: neither nothing nor all. */
const unmeasured = 30;

function Loading({ progress }: { readonly progress: LoadProgress | null }) {
  const { words, say, size } = useWords();
  const { stage, loadedBytes, totalBytes } = progress ?? { stage: 'download', loadedBytes: 0, totalBytes: 0 };
  const amount =
    totalBytes === 0 ? '' : say(words.device.amount, { loaded: size(loadedBytes), total: size(totalBytes) });
  // Starting and checking have no measure: a second or two on a phone.
  const isMeasured = stage === 'download' && totalBytes > 0;
  return (
    <ProgressBar
      className="progress"
      isIndeterminate={!isMeasured}
      value={loadedBytes}
      maxValue={Math.max(1, totalBytes)}
      {...(isMeasured ? { valueLabel: amount } : {})}
    >
      {({ percentage }) => (
        <>
          <Label>{words.device[stage]}</Label>
          <span className="count">{isMeasured && amount}</span>
          <span className="progress-track">
            <span className="progress-fill" style={{ inlineSize: `${percentage ?? unmeasured}%` }} />
          </span>
        </>
      )}
    </ProgressBar>
  );
}
