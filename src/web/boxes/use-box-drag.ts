/** @file What a pointer does to boxes: moves the chosen one, or a corner of it, draws a new one, or chooses by a tap. */
import { type PointerEvent, type RefObject, useState } from 'react';
import type { Box } from '../../client/client.ts';
import { useShop } from '../state/shop-context.tsx';
import type { Garment } from '../state/shop-state.ts';
import { boxDragged, readFlag, writeFlag } from '../stored-flag.ts';
import {
  boxAt,
  boxBetween,
  type Corner,
  middleBox,
  moveBox,
  type Point,
  resizeBox,
  type Size,
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

/** @param frame the element that the photo fills */
export function useBoxDrag(photo: Size, frame: RefObject<HTMLElement | null>) {
  const { state, dispatch } = useShop();
  const { garments, chosen, isDrawing } = state;
  const [drag, setDrag] = useState<Drag | null>(null);
  const [hasDragged, setHasDragged] = useState(() => readFlag(window.localStorage, boxDragged));

  const scale = () => photo.width / (frame.current?.clientWidth || photo.width);
  const pointOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { left = 0, top = 0 } = frame.current?.getBoundingClientRect() ?? {};
    return { x: (clientX - left) * scale(), y: (clientY - top) * scale() };
  };
  const boxOf = (garment: Garment): Box =>
    garment.id === chosen && drag?.garment?.id === garment.id && drag.hasMoved ? dragged(drag) : garment.box;
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
      setHasDragged(true);
      writeFlag(window.localStorage, boxDragged, true);
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
  const cancel = () => setDrag(null);
  const drawn = drag !== null && drag.garment === null ? boxBetween(drag.from, drag.at, photo) : null;
  return { start, move, end, cancel, boxOf, drawn, hasDragged };
}
