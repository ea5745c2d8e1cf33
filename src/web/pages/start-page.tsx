/** @file Before there is a photo: how to give one, and samples to try. */
import { DeviceSwitch } from '../finder/device-switch.tsx';
import { Notice } from '../notice.tsx';
import { PhotoButtons } from '../photo/photo-buttons.tsx';
import { failureOf } from '../results/failure-kind.ts';
import { useShop } from '../state/shop-context.tsx';
import { useServedModel } from '../state/use-served-model.ts';
import { useWords } from '../words/words-context.tsx';

/** The build draws them: `scripts/web/drawn-files.ts`. */
const samples = [1, 2, 3, 4];

export function StartPage() {
  const { state, device, dispatch, takePhoto } = useShop();
  const { words, say, minutes } = useWords();
  const served = useServedModel();
  const { stage } = state;
  const trySample = async (address: string) => {
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      takePhoto(await response.blob());
    } catch (error) {
      dispatch({ type: 'photo failed', failure: failureOf(error), prepared: null });
    }
  };
  return (
    <div className="start">
      <div className="start-words">
        <h1>{words.headline}</h1>
        <p className="intro">{words.intro}</p>
        <PhotoButtons />
        <p className="hint only-mouse">{words.dropOrPaste}</p>
        {stage.step === 'failed' && <Notice failure={stage.failure} />}
        <DeviceSwitch />
      </div>
      <section className="samples" aria-labelledby="samples-title">
        <h2 id="samples-title">{words.samples}</h2>
        <ul>
          {samples.map((each) => {
            const address = `/samples/${each}.jpg`;
            return (
              <li key={each}>
                <button type="button" className="sample" onClick={() => void trySample(address)}>
                  <img src={address} width={440} height={640} alt={say(words.sample, { n: each })} />
                </button>
              </li>
            );
          })}
        </ul>
      </section>
      {!device.isChosen && served !== null && (
        <p className="hint privacy">{say(words.privacy, { time: minutes(served.photoMinutes) })}</p>
      )}
    </div>
  );
}
