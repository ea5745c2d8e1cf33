"""COCO box metrics by pycocotools, for src/evaluation/evaluate-detections.test.ts.

Writes tests/golden/coco-hand.json (small cases that a person can check), coco-caps.json (detection caps, recall points,
thresholds and ranges of one's own) and coco-random.json (dense random ones: crowds, ties, three sizes of objects, empty
photos, missing classes).

Made with Python 3.11, numpy 2.4.6, pycocotools 2.0.11:
    python tests/golden/generate/coco_metrics.py
"""

import contextlib
import copy
import io
import json
import random
from importlib.metadata import version
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
GOLDEN = Path(__file__).resolve().parent.parent


def evaluate(annotations, detections, options):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = copy.deepcopy(annotations)
        truth.createIndex()
        run = COCOeval(truth, truth.loadRes(copy.deepcopy(detections)), "bbox")
        if "iouThresholds" in options:
            run.params.iouThrs = np.array(options["iouThresholds"])
        if "areaRanges" in options:
            run.params.areaRng = [[area["min"], area["max"]] for area in options["areaRanges"]]
            run.params.areaRngLbl = [area["name"] for area in options["areaRanges"]]
        if "maxDetections" in options:
            run.params.maxDets = options["maxDetections"]
        run.evaluate()
        run.accumulate()
    precision, recall = run.eval["precision"], run.eval["recall"]

    def mean(values):
        values = values[values > -1]
        return float(values.mean()) if values.size else -1

    names = {category["id"]: category["name"] for category in annotations["categories"]}
    expected = {
        "perClass": [
            {
                "label": names[category],
                "AP": mean(precision[:, :, index, 0, -1]),
                "AP50": mean(precision[run.params.iouThrs == 0.5][:, :, index, 0, -1]),
                "groundTruths": len([
                    annotation for annotation in annotations["annotations"]
                    if annotation["category_id"] == category and not annotation["iscrowd"]
                ]),
            }
            for index, category in enumerate(run.params.catIds)
        ],
        "perAreaRange": [
            {"name": name, "AP": mean(precision[:, :, :, area, -1]), "AR": mean(recall[:, :, area, -1])}
            for area, name in enumerate(run.params.areaRngLbl)
        ],
        "perIouThreshold": [
            {"iou": float(iou), "AP": mean(precision[step, :, :, 0, -1]), "AR": mean(recall[step, :, 0, -1])}
            for step, iou in enumerate(run.params.iouThrs)
        ],
        # First class, first threshold, first area range.
        "curve": precision[0, :, 0, 0, -1].tolist(),
    }
    if not options:
        with contextlib.redirect_stdout(io.StringIO()):
            run.summarize()
        expected |= dict(zip(NAMES, run.stats.tolist()))
    return expected


def document(num_images, classes, rows):
    """rows: (image, category, bbox, {fields})"""
    annotations = []
    for index, (image, category, bbox, *fields) in enumerate(rows):
        annotation = {"id": index + 1, "image_id": image, "category_id": category, "bbox": bbox,
                      "area": bbox[2] * bbox[3], "iscrowd": 0}
        annotations.append(annotation | (fields[0] if fields else {}))
    return {
        "images": [{"id": image + 1, "file_name": f"{image + 1}.jpg"} for image in range(num_images)],
        "categories": [{"id": category, "name": name} for category, name in classes.items()],
        "annotations": annotations,
    }


def results(*rows):
    return [{"image_id": image, "category_id": category, "bbox": bbox, "score": score}
            for image, category, bbox, score in rows]


def hand_cases():
    one = {1: "shoe"}
    box = [10, 10, 20, 20]
    yield ("a perfect detection gives 1", document(1, one, [(1, 1, box)]), results((1, 1, box, 0.9)))
    yield ("a false alarm above the only find halves the precision",
           document(2, one, [(1, 1, box)]), results((2, 1, box, 0.9), (1, 1, box, 0.8)))
    yield ("a false alarm below the only find changes nothing",
           document(2, one, [(1, 1, box)]), results((2, 1, box, 0.7), (1, 1, box, 0.8)))
    yield ("an IoU of exactly 0.5 is a match at 0.5",
           document(1, one, [(1, 1, [0, 0, 10, 20])]), results((1, 1, [0, 0, 10, 10], 0.9)))
    yield ("an IoU of exactly 1 is a match at every threshold, boxes that only touch are none",
           document(1, one, [(1, 1, box), (1, 1, [30, 10, 20, 20])]), results((1, 1, box, 0.9), (1, 1, [50, 10, 5, 5], 0.95)))
    yield ("a second detection of a found annotation is a false alarm",
           document(1, one, [(1, 1, box), (1, 1, [80, 80, 20, 20])]),
           results((1, 1, box, 0.9), (1, 1, [11, 10, 20, 20], 0.8), (1, 1, [80, 80, 20, 20], 0.7)))
    yield ("of two annotations with the same IoU the later one is taken",
           document(1, one, [(1, 1, [0, 0, 20, 20]), (1, 1, [10, 0, 20, 20])]),
           results((1, 1, [5, 0, 20, 20], 0.9), (1, 1, [0, 0, 20, 20], 0.8), (1, 1, [10, 0, 20, 20], 0.7)))
    yield ("a crowd takes any number of detections, by their own area",
           document(1, one, [(1, 1, [0, 0, 100, 100], {"iscrowd": 1}), (1, 1, [200, 200, 20, 20])]),
           results((1, 1, [10, 10, 20, 20], 0.9), (1, 1, [40, 40, 20, 20], 0.85), (1, 1, [90, 90, 20, 20], 0.8),
                   (1, 1, [200, 200, 20, 20], 0.7)))
    yield ("an annotation is preferred to a crowd that overlaps more",
           document(1, one, [(1, 1, [0, 0, 100, 100], {"iscrowd": 1}), (1, 1, [10, 10, 20, 30])]),
           results((1, 1, [10, 10, 20, 20], 0.9)))
    yield ("a class with crowds only has no ground truth",
           document(1, {1: "shoe", 2: "hat"}, [(1, 1, box, {"iscrowd": 1}), (1, 2, box)]),
           results((1, 1, box, 0.9), (1, 2, box, 0.8)))
    yield ("area ranges include both ends and go by the annotation's area",
           document(1, one, [(1, 1, [0, 0, 32, 32]), (1, 1, [100, 0, 96, 96]), (1, 1, [300, 0, 200, 200], {"area": 900.5}),
                             (1, 1, [0, 300, 97, 97])]),
           results((1, 1, [0, 0, 32, 32], 0.9), (1, 1, [100, 0, 96, 96], 0.8), (1, 1, [300, 0, 200, 200], 0.7),
                   (1, 1, [0, 300, 97, 97], 0.6), (1, 1, [600, 0, 10, 10], 0.95), (1, 1, [600, 200, 50, 50], 0.75)))
    yield ("an ignored annotation never displaces a counted one",
           document(1, one, [(1, 1, [0, 0, 40, 40]), (1, 1, [0, 0, 30, 30])]), results((1, 1, [0, 0, 38, 38], 0.9)))
    yield ("equal scores stay in order of image id, then of the file",
           document(3, one, [(3, 1, box), (2, 1, box), (1, 1, [200, 200, 30, 30])]),
           results((3, 1, box, 0.5), (2, 1, [90, 90, 9, 9], 0.5), (2, 1, box, 0.5), (1, 1, box, 0.5), (1, 1, [200, 200, 30, 30], 0.5)))
    yield ("photos without annotations or detections, and classes without either",
           document(5, {3: "hat", 7: "shoe", 5: "bag"}, [(1, 7, box), (3, 7, box), (4, 5, box)]),
           results((2, 7, box, 0.9), (3, 7, box, 0.8), (3, 3, box, 0.7)))
    yield ("boxes without size are never found",
           document(1, one, [(1, 1, [5, 5, 0, 0]), (1, 1, box)]), results((1, 1, [5, 5, 0, 0], 0.9), (1, 1, box, 0.8)))
    zero = document(2, one, [(1, 1, box), (2, 1, box)])
    zero["annotations"][0]["id"] = 0
    yield ("what matches the annotation with id 0 is counted as a false alarm", zero, results((1, 1, box, 0.9), (2, 1, box, 0.8)))
    unsorted = document(3, {9: "hat", 2: "shoe"}, [(3, 9, box), (1, 9, box), (2, 2, box)])
    unsorted["images"].reverse()
    yield ("images and categories are taken in order of id",
           unsorted, results((1, 9, [10, 10, 20, 18], 0.5), (3, 9, [50, 10, 9, 9], 0.5), (3, 9, box, 0.5), (2, 2, box, -0.5), (1, 2, box, 0)))


def cap_cases():
    one = {1: "shoe"}
    many = [(1, 1, [(step % 12) * 30, (step // 12) * 30, 20, 20]) for step in range(120)]
    yield ("only the best 1, 10 and 100 of a photo and class count",
           document(1, one, many), results(*[(1, 1, row[2], 1 - index / 200) for index, row in enumerate(many)]))
    yield ("recall points of n / 100 are met as numpy meets them",
           document(1, one, many[:100]), results(*[(1, 1, row[2], 0.5) for row in many[:57]]))
    yield ("at a threshold of 1 an IoU may lack a rounding error",
           document(2, one, [(1, 1, [0, 0, 20, 20]), (2, 1, [0, 0, 20, 20])]),
           results((1, 1, [0, 0, 20, 19.99999999999], 0.9), (2, 1, [0, 0, 20, 19.9999], 0.8)), {"iouThresholds": [0.5, 1]})
    yield ("own IoU thresholds, area ranges and caps",
           document(2, one, [(1, 1, [0, 0, 32, 32]), (1, 1, [100, 0, 96, 96]), (2, 1, [0, 0, 200, 200])]),
           results((1, 1, [0, 0, 32, 28], 0.9), (1, 1, [100, 0, 96, 90], 0.8), (2, 1, [0, 0, 200, 150], 0.7), (2, 1, [0, 0, 20, 20], 0.95)),
           {"iouThresholds": [0.3, 0.5, 0.8, 1], "maxDetections": [1, 3],
            "areaRanges": [{"name": "all", "min": 0, "max": 1e10}, {"name": "tiny", "min": 0, "max": 1024},
                           {"name": "rest", "min": 1024, "max": 1e10}]})


def random_case(seed, num_images, num_classes, grid, detections_per_image):
    """Noisy detections of random boxes. On a grid of whole pixels, IoUs and scores tie often."""
    rng = random.Random(seed)
    number = (lambda low, high: rng.randint(low, high)) if grid else (lambda low, high: round(rng.uniform(low, high), 2))
    classes = {3 * index + 2: f"class {index}" for index in range(num_classes)}
    rows, found = [], []
    for image in range(1, num_images + 1):
        if rng.random() < 0.15:
            continue
        for _ in range(rng.randint(0, 6)):
            # The last class has no ground truth.
            category = rng.choice(list(classes)[:-1])
            size = rng.choice([12, 30, 60, 150, 300])
            bbox = [number(0, 300), number(0, 300), number(size // 2, size), number(size // 2, size)]
            rows.append((image, category, bbox, {"area": round(bbox[2] * bbox[3] * rng.choice([1, 0.7]), 3),
                                                  "iscrowd": int(rng.random() < 0.12)}))
            for _ in range(rng.choice([0, 1, 1, 2])):
                noise = max(1, size // 10)
                near = [side + number(-noise, noise) for side in bbox]
                found.append((image, rng.choice([category] * 5 + list(classes)), near))
    for image in range(1, num_images + 1):
        for _ in range(rng.randint(0, detections_per_image)):
            found.append((image, rng.choice(list(classes)), [number(0, 300), number(0, 300), number(1, 200), number(1, 200)]))
    rng.shuffle(found)
    detections = [(image, category, [round(bbox[0], 2), round(bbox[1], 2), abs(round(bbox[2], 2)), abs(round(bbox[3], 2))],
                   rng.randint(0, 8) / 8 if grid else round(rng.random(), 4)) for image, category, bbox in found]
    return document(num_images, classes, rows), results(*detections)


def random_cases():
    yield ("whole pixels, few scores", *random_case(1, 14, 4, True, 5))
    yield ("whole pixels, few scores, one class", *random_case(2, 12, 2, True, 6))
    yield ("fractions", *random_case(3, 16, 5, False, 4))
    yield ("fractions, many detections", *random_case(4, 6, 3, False, 25))


def write(name, cases):
    golden = {
        "generator": "tests/golden/generate/coco_metrics.py",
        "versions": {package: version(package) for package in ("numpy", "pycocotools")},
        "cases": [],
    }
    for title, annotations, detections, *options in cases:
        options = options[0] if options else {}
        golden["cases"].append({"title": title, "options": options, "annotations": annotations, "detections": detections,
                                "expected": evaluate(annotations, detections, options)})
    text = json.dumps(golden, separators=(",", ":"))
    (GOLDEN / name).write_text(text + "\n")
    print(name, len(golden["cases"]), "cases", len(text), "bytes")


write("coco-hand.json", hand_cases())
write("coco-caps.json", cap_cases())
write("coco-random.json", random_cases())
