"""COCO evaluation, ours beside pycocotools, alternating on the same drawn files.

    python benchmarks/peers/coco-evaluation.py [--images 5000] [--detections 100] [--classes 13] [--rounds 3]

Needs numpy and pycocotools; faster-coco-eval joins in where it is installed. Seconds run from opening the files to the
numbers, each in a process of its own, start of the interpreter not counted. All must give the same numbers to 1e-9.
"""

import argparse
import contextlib
import io
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent


def draw(folder, num_images, num_detections, num_classes, seed=1):
    """About seven annotations a photo, 2 % of them crowds; each is found up to three times, the rest is noise."""
    rng = random.Random(seed)
    annotations, detections = [], []

    def box():
        size = rng.choice([20, 60, 150, 300])
        return [round(value, 2) for value in (rng.uniform(0, 500), rng.uniform(0, 400), rng.uniform(5, size), rng.uniform(5, size))]

    def detect(image, category, bbox, score):
        detections.append({"image_id": image, "category_id": category, "bbox": bbox, "score": round(score, 5)})

    for image in range(1, num_images + 1):
        left = num_detections
        for _ in range(rng.randint(0, 14)):
            bbox, category = box(), rng.randint(1, num_classes)
            annotations.append({"id": len(annotations) + 1, "image_id": image, "category_id": category, "bbox": bbox,
                                "area": round(bbox[2] * bbox[3] * 0.7, 2), "iscrowd": int(rng.random() < 0.02)})
            for _ in range(min(left, rng.randint(0, 3))):
                near = [round(max(0, side + rng.gauss(0, 0.07) * bbox[2 + index % 2]), 2) for index, side in enumerate(bbox)]
                detect(image, category if rng.random() < 0.85 else rng.randint(1, num_classes), near, rng.betavariate(4, 2))
                left -= 1
        for _ in range(left):
            detect(image, rng.randint(1, num_classes), box(), rng.betavariate(1, 6))
    truth = {
        "images": [{"id": image, "file_name": f"{image}.jpg", "width": 640, "height": 480} for image in range(1, num_images + 1)],
        "categories": [{"id": category, "name": f"class {category}"} for category in range(1, num_classes + 1)],
        "annotations": annotations,
    }
    paths = [folder / "annotations.json", folder / "detections.json"]
    for path, document in zip(paths, (truth, detections)):
        path.write_text(json.dumps(document))
    print(f"{num_images} photos, {len(annotations)} annotations, {len(detections)} detections, {num_classes} classes, "
          f"{sum(path.stat().st_size for path in paths) / 1e6:.0f} MB, seed {seed}")
    return [str(path) for path in paths]


def measure(peer, annotations, detections):
    if peer == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    else:
        from faster_coco_eval import COCO
        from faster_coco_eval import COCOeval_faster as COCOeval
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(annotations)
        found = truth.loadRes(detections)
        loaded = time.perf_counter()
        run = COCOeval(truth, found, "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    end = time.perf_counter()

    def mean(values):
        values = values[values > -1]
        return float(values.mean()) if values.size else -1

    precision = run.eval["precision"]
    numbers = [float(value) for value in list(run.stats)[:12]]
    for index in range(precision.shape[2]):
        numbers += [mean(precision[:, :, index, 0, -1]), mean(precision[0, :, index, 0, -1])]
    print(json.dumps({"seconds": end - start, "loading": loaded - start, "numbers": numbers,
                      "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--detections", type=int, default=100)
    parser.add_argument("--classes", type=int, default=13)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    runs = {
        "ours": ["node", "--import", "tsx", str(HERE / "coco-evaluation.ts")],
        "pycocotools": [sys.executable, __file__, "--measure", "pycocotools"],
    }
    with contextlib.suppress(PackageNotFoundError):
        print("faster-coco-eval", version("faster-coco-eval"))
        runs["faster-coco-eval"] = [sys.executable, __file__, "--measure", "faster-coco-eval"]
    print("pycocotools", version("pycocotools"), "numpy", version("numpy"))
    with tempfile.TemporaryDirectory() as folder:
        files = draw(Path(folder), options.images, options.detections, options.classes)
        answers = {name: [] for name in runs}
        for _ in range(options.rounds):
            for name, command in runs.items():
                printed = subprocess.run(command + files, check=True, capture_output=True, text=True, cwd=HERE).stdout
                answers[name].append(json.loads(printed.splitlines()[-1]))

    reference = answers["pycocotools"][0]["numbers"]
    base = statistics.median(answer["seconds"] for answer in answers["pycocotools"])
    for name, all_answers in answers.items():
        seconds = [answer["seconds"] for answer in all_answers]
        middle = statistics.median(seconds)
        difference = max(abs(a - b) for a, b in zip(all_answers[0]["numbers"], reference, strict=True))
        print(f"{name:17s} {middle:6.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), "
              f"{statistics.median(answer['loading'] for answer in all_answers):.2f} s of it loading, "
              f"{statistics.median(answer['megabytes'] for answer in all_answers):.0f} MB, "
              f"{middle / base:.3f}x pycocotools, numbers differ by {difference:.1e}")
        if difference > 1e-9:
            sys.exit(f"{name} gives other numbers than pycocotools")


if sys.argv[1:2] == ["--measure"]:
    measure(*sys.argv[2:])
else:
    main()
