/** @file The page to search from: the photo with its boxes beside what is similar. */

import { GarmentTabs } from '../boxes/garment-tabs.tsx';
import { PhotoStage } from '../boxes/photo-stage.tsx';
import { Notice, Waiting } from '../notice.tsx';
import { PhotoButtons } from '../photo/photo-buttons.tsx';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import { GarmentResults } from '../results/garment-results.tsx';
import { LookResults } from '../results/look-results.tsx';
import { subjectsOf } from '../state/asks.ts';
import { useShop } from '../state/shop-context.tsx';
import type { PhotoStage as PhotoStep } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { StartPage } from './start-page.tsx';

export function SearchPage() {
  const { state, takePhoto } = useShop();
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
      </div>
      <div className="result-side">
        {stage.step === 'preparing' && <Waiting what={words.preparing} />}
        {stage.step === 'finding' && <Waiting what={words.finding} />}
        {stage.step === 'failed' && (
          <Notice failure={stage.failure} onRetry={() => prepared !== null && takePhoto(prepared)} />
        )}
        {stage.step === 'found' && <Results />}
      </div>
    </div>
  );
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
