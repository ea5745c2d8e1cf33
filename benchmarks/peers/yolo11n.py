"""YOLO11n's network as ONNX, for `yolo11n.ts`: random weights, as only its time is of interest.

    pip install ultralytics onnx
    python benchmarks/peers/yolo11n.py HEIGHT WIDTH FOLDER
"""

import os
import sys
from pathlib import Path

height, width, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
# The export writes beside where it runs.
folder.mkdir(parents=True, exist_ok=True)
os.chdir(folder)

from ultralytics import YOLO  # noqa: E402

YOLO("yolo11n.yaml").export(format="onnx", imgsz=(height, width), opset=17, simplify=True, device="cpu")
