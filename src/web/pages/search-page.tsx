/** @file The page to search from: the photo with its boxes beside what is similar. */

import { GarmentTabs } from '../boxes/garment-tabs.tsx';
import { PhotoStage } from '../boxes/photo-stage.tsx';
import { DeviceSwitch } from '../finder/device-switch.tsx';
import { deviceMode } from '../finder/page-device.ts';
import { PhotoWhereabouts } from '../finder/photo-whereabouts.tsx';
import { Notice, Waiting } from '../notice.tsx';
import { PhotoButtons } from '../photo/photo-buttons.tsx';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import { isOfDevice } from '../results/failure-kind.ts';
import { GarmentResults } from '../results/garment-results.tsx';
import { LookResults } from '../results/look-results.tsx';
import { subjectsOf } from '../state/asks.ts';
import { useShop } from '../state/shop-context.tsx';
import type { PhotoStage as PhotoStep } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { StartPage } from './start-page.tsx';

export function SearchPage() {
  const { state, device } = useShop();
  const { words } = useWords();
  const { stage } = state;
  if (stage.step === 'none' || (stage.step === 'failed' && stage.prepared === null)) return <StartPage />;
  const prepared = preparedOf(stage);
  return (
    <div className="search">
      <h1 className="only-read">{words.yourPhoto}</h1>
      <div className="photo-side">
        {prepared === null ? <div className="stage-placeholder" /> : <PhotoStage photo={prepared} />}
        {stage.step === 'found' && <GarmentTabs photo={stage.photo} />}
        <PhotoButtons />
        {stage.step === 'found' && <PhotoWhereabouts photo={stage.photo} />}
        <DeviceSwitch />
      </div>
      <div className="result-side">
        {stage.step === 'preparing' && <Waiting what={words.preparing} />}
        {stage.step === 'finding' && (
          <Waiting what={device.model.step === 'loading' ? words.device.waiting : words.finding} />
        )}
        {stage.step === 'failed' && <Failed stage={stage} />}
        {stage.step === 'found' && <Results />}
      </div>
    </div>
  );
}

function Failed({ stage: { failure, prepared } }: { readonly stage: Extract<PhotoStep, { step: 'failed' }> }) {
  const { device, takePhoto } = useShop();
  if (prepared === null) return <Notice failure={failure} />;
  const retry = () => takePhoto(prepared);
  // A shop that refuses the model's files may answer a search.
  const hasServer = device.isChosen && (isOfDevice(failure.kind) || device.model.step === 'failed');
  if (!hasServer) return <Notice failure={failure} onRetry={retry} />;
  const send = () => {
    deviceMode.choose(false);
    takePhoto(prepared);
  };
  return <Notice failure={failure} onRetry={retry} onServer={send} />;
}

/** What can be shown of the photo so far. */
function preparedOf(stage: PhotoStep): PreparedPhoto | null {
  if (stage.step === 'found') return stage.photo;
  return stage.step === 'finding' || stage.step === 'failed' ? stage.prepared : null;
}

function Results() {
  const { state } = useShop();
  const [subject = null, ...others] = subjectsOf(state);
  return others.length > 0 ? <LookResults /> : <GarmentResults subject={subject} key={subject?.id} />;
}
