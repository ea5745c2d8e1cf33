"""Golden inference of the tiny Faster R-CNN of tiny_detector.py by torchvision's own code.

    python tests/golden/generate/detector-inference.py

torch 2.15.0, torchvision 0.29.2, on one CPU. Writes tests/golden/detector-inference.json: the RPN's logits, proposals, the box head's
answers before selection, detections. The scene is kept only if float64 selects and orders the same.
"""
import json, pathlib
import torch
from torchvision.models.detection.image_list import ImageList
from tiny_detector import CLASSES, HIDDEN, POOLED, Detector, config, digits, pixels_of, versions

folder = pathlib.Path(__file__).resolve().parents[1]
HEIGHT, WIDTH_OF_CANVAS, IMAGE_SIZE = 64, 96, (60, 90)
PROPOSALS, DETECTIONS = 80, 150


def infer(dtype):
    model = Detector(pre_test=60, post_test=PROPOSALS, detections=DETECTIONS).eval().to(dtype)
    with torch.no_grad():
        # Logits as lively as a trained detector's: several classes above the threshold.
        model.roi_heads.box_predictor.cls_score.weight *= 2.
        pixels = pixels_of(1, HEIGHT, WIDTH_OF_CANVAS).to(dtype)
        features = model.features(pixels)
        objectness, _ = model.rpn.head(list(features.values()))
        objectness = torch.cat([x.permute(0, 2, 3, 1).flatten() for x in objectness])
        proposals, _ = model.rpn(ImageList(pixels, [IMAGE_SIZE]), features)
        heads = model.roi_heads
        logits, deltas = heads.box_predictor(heads.box_head(heads.box_roi_pool(features, proposals, [IMAGE_SIZE])))
        boxes, scores, labels = heads.postprocess_detections(logits, deltas, proposals, [IMAGE_SIZE])
    return [objectness, proposals[0], logits, deltas, boxes[0], scores[0], labels[0]]


found, exact = infer(torch.float32), infer(torch.float64)
for a, b in zip(found, exact):
    assert a.shape == b.shape and (a.double() - b).abs().max() < 2e-5, 'a choice of this scene hangs on a rounding: change the scene'
objectness, proposals, logits, deltas, boxes, scores, labels = found
gaps = (scores[:-1] - scores[1:]).sort()[0]
print(len(proposals), 'proposals', len(boxes), 'detections of classes', labels.bincount().tolist(), 'scores', scores[0], scores[-1], 'gaps', gaps[:4])
assert len(proposals) == PROPOSALS and 100 <= len(boxes) and (labels.bincount()[1:] >= 10).sum() >= 3 and gaps[0] > 1e-6


def flat(tensor, count=6):
    return digits(tensor.flatten().tolist(), count)


golden = {
    'generator': 'tests/golden/generate/detector-inference.py', 'versions': versions,
    'height': HEIGHT, 'width': WIDTH_OF_CANVAS, 'imageSize': IMAGE_SIZE, 'classifierFactor': 2,
    'config': config(rpn={'preNmsTop': {'train': 1, 'test': 60}, 'postNmsTop': {'train': 1, 'test': PROPOSALS}},
                     boxHead={'hidden': HIDDEN, 'pooledSize': POOLED, 'detectionsPerImage': DETECTIONS}),
    'objectness': flat(objectness, 5), 'proposals': flat(proposals), 'classLogits': flat(logits), 'boxDeltas': flat(deltas),
    'boxes': flat(boxes), 'scores': flat(scores), 'labels': labels.tolist(),
}
path = folder / 'detector-inference.json'
path.write_text(json.dumps(golden, separators=(',', ':')) + '\n')
print(path, path.stat().st_size, 'bytes')
