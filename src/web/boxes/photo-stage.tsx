/** @file The photo with its boxes: tapped to choose, dragged to move and resize, drawn anew. */
import { type CSSProperties, type KeyboardEvent, useId, useRef } from 'react';
import { Button } from 'react-aria-components';
import type { Box } from '../../client/client.ts';
import { Icon } from '../icon.tsx';
import { NewPhotoButton } from '../photo/new-photo-button.tsx';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import { useShop } from '../state/shop-context.tsx';
import type { Garment } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { areaOf, arrowStep, corners, middleBox, moveBox, resizeBox } from './box-geometry.ts';
import { useBoxDrag } from './use-box-drag.ts';

export function PhotoStage({ photo }: { readonly photo: PreparedPhoto }) {
  const { state, dispatch } = useShop();
  const { words, say, label } = useWords();
  const frame = useRef<HTMLDivElement>(null);
  const hint = useId();
  const { garments, chosen, isDrawing } = state;
  // Small ones lie above those that hold them.
  const ordered = [...garments].sort((a, b) => areaOf(b.box) - areaOf(a.box));

  const { start, move, end, cancel, boxOf, drawn, hasDragged } = useBoxDrag(photo, frame);
  const press = (event: KeyboardEvent, garment: Garment) => {
    const by = arrowStep(event.key, photo);
    if (by !== null && garment.id === chosen) {
      event.preventDefault();
      const box = event.shiftKey ? resizeBox(garment.box, 'se', by, photo) : moveBox(garment.box, by, photo);
      dispatch({ type: 'box changed', id: garment.id, box });
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      dispatch({ type: 'box removed', id: garment.id });
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      dispatch({ type: 'garment chosen', id: garment.id });
    }
  };
  const ratio: CSSProperties & { '--ratio': number } = { '--ratio': photo.width / photo.height };
  const isDone = state.stage.step === 'found';
  const subject = garments.find(({ id }) => id === chosen);

  return (
    <div className="stage-area">
      <div
        ref={frame}
        className="stage"
        style={ratio}
        data-drawing={isDrawing || undefined}
        data-waiting={!isDone || undefined}
        onPointerDown={(event) => start(event, null, null)}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={cancel}
      >
        <div className="stage-picture">
          <img src={photo.address} alt={words.yourPhoto} draggable={false} />
          {subject !== undefined && <span className="shade" style={placeOf(boxOf(subject), photo)} />}
        </div>
        {ordered.map((garment) => (
          <button
            key={garment.id}
            type="button"
            className="garment-box"
            aria-pressed={garment.id === chosen}
            aria-label={say(words.garmentOf, {
              label: garment.label === null ? words.somethingDrawn : label(garment.wantedLabel ?? garment.label),
              n: garments.indexOf(garment) + 1,
              total: garments.length,
            })}
            aria-describedby={garment.id === chosen ? hint : undefined}
            style={placeOf(boxOf(garment), photo)}
            onPointerDown={(event) => start(event, garment, null)}
            onKeyDown={(event) => press(event, garment)}
            // Screen readers click without a pointer or a key.
            onClick={({ detail }) => detail === 0 && dispatch({ type: 'garment chosen', id: garment.id })}
          >
            {garment.id === chosen &&
              corners.map((corner) => (
                <span
                  key={corner}
                  className="handle"
                  data-corner={corner}
                  onPointerDown={(event) => start(event, garment, corner)}
                />
              ))}
            {garment.id === chosen &&
              corners.map((corner) => <span key={corner} className="knob" data-corner={corner} />)}
          </button>
        ))}
        {drawn !== null && <span className="garment-box drawn" style={placeOf(drawn, photo)} />}
        {subject !== undefined && !hasDragged && !isDrawing && (
          <span className="drag-hint" data-side={isLow(subject.box, photo) ? 'top' : 'bottom'}>
            {words.dragHint}
          </span>
        )}
        <span id={hint} className="only-read">
          {words.boxKeys}
        </span>
      </div>
      <div className="stage-tools">
        {isDrawing ? <span className="hint">{words.drawBox}</span> : <NewPhotoButton />}
        {isDone && (
          <Button
            className="quiet-button"
            onPress={({ pointerType }) => {
              // Without a pointer, nothing could be dragged: a box is put in the middle.
              const isByKey = pointerType === 'keyboard' || pointerType === 'virtual';
              if (isByKey && !isDrawing) dispatch({ type: 'box drawn', box: middleBox(photo) });
              else dispatch({ type: 'drawing', isDrawing: !isDrawing });
            }}
          >
            <Icon name={isDrawing ? 'close' : 'frame'} />
            {isDrawing ? words.cancel : words.addBox}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Where the hint would lie on the box, it changes sides. */
function isLow([, y1, , y2]: Box, { height }: PreparedPhoto): boolean {
  return y1 + y2 > height;
}

/** Physical sides: a photo is not mirrored where the page runs from right to left. */
function placeOf([x1, y1, x2, y2]: Box, { width, height }: PreparedPhoto): CSSProperties {
  return {
    left: `${(100 * x1) / width}%`,
    top: `${(100 * y1) / height}%`,
    width: `${(100 * (x2 - x1)) / width}%`,
    height: `${(100 * (y2 - y1)) / height}%`,
  };
}
