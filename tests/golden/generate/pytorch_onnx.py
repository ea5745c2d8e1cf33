"""A small convolutional network exported to ONNX by PyTorch, whole and with its weights in another file.

Run from the repository's root: python tests/golden/generate/pytorch_onnx.py
"""

import json
from pathlib import Path

import onnx
import torch
from torch import nn

OUT = Path("tests/golden")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6), nn.ReLU6(), nn.Conv2d(6, 4, 1)
        )

    def forward(self, pixels):
        features = self.body(pixels)
        return features, features.mean(dim=(2, 3))


torch.manual_seed(0)
net = Net().eval()
net.body[1].running_mean.uniform_(-0.2, 0.2)
net.body[1].running_var.uniform_(0.5, 2)
pixels = torch.rand(1, 3, 8, 10)
whole = OUT / "pytorch-net.onnx"
torch.onnx.export(
    net,
    (pixels,),
    str(whole),
    input_names=["pixels"],
    output_names=["features", "means"],
    dynamic_axes={"pixels": {2: "height", 3: "width"}},
    opset_version=18,
    dynamo=False,
)
model = onnx.load(whole)
model.metadata_props.add(key="classes", value='["tee", "hat"]')
onnx.save(model, whole)
weights = {i.name: onnx.numpy_helper.to_array(i).flatten().tolist() for i in model.graph.initializer}
onnx.save(
    model,
    OUT / "pytorch-net-external.onnx",
    save_as_external_data=True,
    all_tensors_to_one_file=True,
    location="pytorch-net-external.data",
    size_threshold=0,
)
with torch.no_grad():
    features, means = net(pixels)
golden = {
    "generator": "tests/golden/generate/pytorch_onnx.py",
    "versions": {"torch": torch.__version__, "onnx": onnx.__version__},
    "pixels": pixels.flatten().tolist(),
    "features": features.flatten().tolist(),
    "means": means.flatten().tolist(),
    "weights": weights,
}
(OUT / "pytorch-net.json").write_text(json.dumps(golden))
