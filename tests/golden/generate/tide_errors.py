"""Kinds of errors and their costs by TIDE's own code, for src/evaluation/error-breakdown.test.ts.

Reads those cases of tests/golden/coco-random.json whose scores differ, without their crowds and without classes that have
no annotation (TIDE ignores what lies in a crowd by another threshold than COCO, and counts such classes as AP 0). Writes
tests/golden/tide-errors.json.

Made with Python 3.11, tidecv 1.0.1, pycocotools 2.0.11:
    python tests/golden/generate/tide_errors.py
"""

import json
from importlib.metadata import version
from pathlib import Path

from tidecv import TIDE, Data

GOLDEN = Path(__file__).resolve().parent.parent
KINDS = {"Cls": "class", "Loc": "localisation", "Both": "both", "Dupe": "duplicate", "Bkg": "background", "Miss": "missed"}


def without_crowds(case):
    document = case["annotations"]
    annotations = [row for row in document["annotations"] if not row.get("iscrowd")]
    kept = {row["category_id"] for row in annotations}
    return case | {
        "annotations": document | {
            "annotations": annotations,
            "categories": [category for category in document["categories"] if category["id"] in kept],
        },
        "detections": [row for row in case["detections"] if row["category_id"] in kept],
    }


def analyse(case):
    truth, found = Data("truth", max_dets=10_000), Data("found", max_dets=10_000)
    for category in case["annotations"]["categories"]:
        truth.add_class(category["id"], category["name"])
    for image in case["annotations"]["images"]:
        truth.add_image(image["id"], str(image["id"]))
    for row in case["annotations"]["annotations"]:
        truth.add_ground_truth(row["image_id"], row["category_id"], row["bbox"])
    for row in case["detections"]:
        found.add_detection(row["image_id"], row["category_id"], row["score"], row["bbox"])
    run = TIDE(pos_threshold=0.5, background_threshold=0.1, mode=TIDE.BOX).evaluate(truth, found)
    counts = {KINDS[kind.short_name]: count for kind, count in run.count_errors().items()}
    costs = {KINDS[kind.short_name]: value / 100 for kind, value in run.fix_main_errors().items()}
    return {"title": case["title"], "AP50": run.ap / 100, "counts": counts, "cost": costs}


cases = json.loads((GOLDEN / "coco-random.json").read_text())["cases"]
document = {
    "madeWith": f"tidecv {version('tidecv')}, pycocotools {version('pycocotools')}",
    "cases": [analyse(without_crowds(case)) for case in cases if case["title"].startswith("fractions")],
}
(GOLDEN / "tide-errors.json").write_text(json.dumps(document, indent=1) + "\n")
