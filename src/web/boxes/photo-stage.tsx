/** @file The photo with its boxes: tapped to choose, dragged to move and resize, drawn anew. */
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Box } from '../../client/client.ts';
import { Icon } from '../icon.tsx';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import { useShop } from '../state/shop-context.tsx';
import type { Garment } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import {
  areaOf,
  arrowStep,
  boxAt,
  boxBetween,
  type Corner,
  corners,
  middleBox,
  moveBox,
  type Point,
  resizeBox,
} from './box-geometry.ts';

/** What the pointer does: nothing of the state changes before it has moved. */
interface Drag {
  readonly from: Point;
  readonly at: Point;
  /** Null while a new box is drawn. */
  readonly garment: Garment | null;
  readonly corner: Corner | null;
  readonly hasMoved: boolean;
}

/** Less is a tap of an unsteady hand; in pixels of the screen. */
const tapReach = 5;

export function PhotoStage({ photo }: { readonly photo: PreparedPhoto }) {
  const { state, dispatch } = useShop();
  const { words, say, label } = useWords();
  const frame = useRef<HTMLDivElement>(null);
  const hint = useId();
  const [drag, setDrag] = useState<Drag | null>(null);
  const { garments, chosen, isDrawing } = state;
  // Small ones lie above those that hold them.
  const ordered = [...garments].sort((a, b) => areaOf(b.box) - areaOf(a.box));

  const scale = () => photo.width / (frame.current?.clientWidth || photo.width);
  const pointOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { left = 0, top = 0 } = frame.current?.getBoundingClientRect() ?? {};
    return { x: (clientX - left) * scale(), y: (clientY - top) * scale() };
  };
  const boxOf = (garment: Garment): Box =>
    drag?.garment?.id === garment.id && drag.hasMoved ? dragged(drag) : garment.box;
  const dragged = ({ garment, corner, from, at }: Drag): Box => {
    const by = { x: at.x - from.x, y: at.y - from.y };
    const box = garment?.box ?? middleBox(photo);
    return corner === null ? moveBox(box, by, photo) : resizeBox(box, corner, by, photo);
  };

  const start = (event: PointerEvent, garment: Garment | null, corner: Corner | null) => {
    if (event.button !== 0 || (garment === null && !isDrawing)) return;
    event.stopPropagation();
    // Followed to wherever it goes; a chosen box alone is dragged, so that the page still scrolls under the others.
    frame.current?.setPointerCapture(event.pointerId);
    const from = pointOf(event);
    setDrag({ from, at: from, garment: isDrawing ? null : garment, corner, hasMoved: false });
  };
  const move = (event: PointerEvent) => {
    if (drag === null) return;
    const at = pointOf(event);
    const isFar = Math.hypot(at.x - drag.from.x, at.y - drag.from.y) > tapReach * scale();
    setDrag({ ...drag, at, hasMoved: drag.hasMoved || isFar });
  };
  const end = (event: PointerEvent) => {
    if (drag === null) return;
    setDrag(null);
    const { garment, from, hasMoved } = drag;
    const at = pointOf(event);
    if (garment === null) {
      const box = boxBetween(from, at, photo);
      if (box !== null) dispatch({ type: 'box drawn', box });
    } else if (hasMoved && garment.id === chosen) {
      dispatch({ type: 'box changed', id: garment.id, box: dragged({ ...drag, at }) });
    } else if (!hasMoved) {
      const boxes = garments.map(({ box }) => box);
      const index = boxAt(
        at,
        boxes,
        garments.findIndex(({ id }) => id === chosen),
      );
      dispatch({ type: 'garment chosen', id: garments[index]?.id ?? garment.id });
    }
  };
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
  const drawn = drag !== null && drag.garment === null ? boxBetween(drag.from, drag.at, photo) : null;
  const ratio: CSSProperties & { '--ratio': number } = { '--ratio': photo.width / photo.height };
  const isDone = state.stage.step === 'found';

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
        onPointerCancel={() => setDrag(null)}
      >
        <img src={photo.address} alt={words.yourPhoto} draggable={false} />
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
          </button>
        ))}
        {drawn !== null && <span className="garment-box drawn" style={placeOf(drawn, photo)} />}
        <span id={hint} className="only-read">
          {words.boxKeys}
        </span>
      </div>
      {isDone && (
        <div className="stage-tools">
          {isDrawing && <span className="hint">{words.drawBox}</span>}
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
        </div>
      )}
    </div>
  );
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
