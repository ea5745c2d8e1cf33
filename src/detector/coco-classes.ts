/**
 * @file COCO's 80 classes, and the numbers that they have in its files: 1 to 90 with ten gaps.
 *
 * torchvision's detectors have a row for each of those numbers; Detectron's have 80 and the background.
 * Reference: https://cocodataset.org (annotations of 2017)
 */

/** The label of class i + 1, in the order of the numbers. */
export const cocoClasses: readonly string[] = (
  'person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,' +
  'bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,' +
  'snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,' +
  'knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,' +
  'dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,' +
  'vase,scissors,teddy bear,hair drier,toothbrush'
).split(',');

/** Numbers up to 90 that no class has. */
const gaps: ReadonlySet<number> = new Set([12, 26, 29, 30, 45, 66, 68, 69, 71, 83]);

/** The number of each class. */
export const cocoNumbers: readonly number[] = Array.from({ length: 90 }, (_, index) => index + 1).filter(
  (number) => !gaps.has(number),
);
