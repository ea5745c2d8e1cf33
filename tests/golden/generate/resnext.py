"""Writes tests/golden/resnext.json: torchvision's grouped bottlenecks (output and every gradient) and a small ResNeXt.

Run from the repository root: python tests/golden/generate/resnext.py   (torch 2.15.0, torchvision 0.29.2)

Weights of the small ResNeXt come from an integer hash (tiny_detector.py), so that the file holds none.
"""
import json
from functools import partial

import torch
from tiny_detector import hashed, versions
from torchvision.models.resnet import Bottleneck, ResNet
from torchvision.ops.misc import FrozenBatchNorm2d

SOURCE = {"generator": "tests/golden/generate/resnext.py", "versions": versions}
generator = torch.Generator().manual_seed(13)


def numbers(tensor):
    return [float(f"{v:.7g}") for v in tensor.detach().flatten().tolist()]


def draw(*shape, scale=1.0):
    """Multiples of 1/64: exact in float32 and short in JSON."""
    return torch.randint(-64, 65, shape, generator=generator) / 64 * scale


def block(name, stride, inputs, planes, groups, width, stride_on="3x3"):
    down = torch.nn.Sequential(torch.nn.Conv2d(inputs, 4 * planes, 1, stride, bias=False), FrozenBatchNorm2d(4 * planes))
    module = Bottleneck(inputs, planes, stride, down if stride > 1 or inputs != 4 * planes else None, groups=groups, base_width=width,
                        norm_layer=FrozenBatchNorm2d).eval()
    if stride_on == "1x1":
        module.conv1.stride, module.conv2.stride = module.conv2.stride, module.conv1.stride
    for key, value in module.state_dict().items():
        fresh = draw(*value.shape)
        value.copy_(fresh.abs() + 0.25 if key.endswith("running_var") else fresh)
    x = draw(1, inputs, 5, 4, scale=4).requires_grad_()
    y = module(x)
    probe = draw(*y.shape)
    kernels = list(module.named_parameters())
    slopes = torch.autograd.grad((y * probe).sum(), [x] + [p for _, p in kernels])
    return {
        "name": name,
        "config": {"inputs": inputs, "planes": planes, "stride": stride, "groups": groups, "widthPerGroup": width, "strideOn": stride_on},
        "parameters": {key: {"shape": list(value.shape), "data": numbers(value)} for key, value in module.state_dict().items()},
        "input": {"shape": list(x.shape), "data": numbers(x)},
        "output": {"shape": list(y.shape), "data": numbers(y)}, "probe": numbers(probe),
        "inputGradient": numbers(slopes[0]),
        "kernelGradients": {key: numbers(slope) for (key, _), slope in zip(kernels, slopes[1:])},
    }


def fill(name, shape):
    """The same table is in resnext.test.ts."""
    count = 1
    for extent in shape:
        count *= extent
    signed = hashed(name, count) * 2 - 1
    if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
        values = 1 + 0.3 * signed
    elif len(shape) == 1:
        values = 0.2 * signed
    else:
        values = (6 / (count / shape[0])) ** 0.5 * signed
    return torch.from_numpy(values.astype("float32")).reshape(shape)


def small():
    groups, width, side, steps = 8, 4, 64, [1201, 601, 293, 149]
    net = ResNet(Bottleneck, [1, 1, 1, 1], groups=groups, width_per_group=width, norm_layer=FrozenBatchNorm2d).eval()
    net.load_state_dict({key: fill(key, tuple(value.shape)) for key, value in net.state_dict().items()})
    pixels = torch.from_numpy((hashed("pixels", 3 * side * side) * 4 - 2).astype("float32")).reshape(1, 3, side, side)
    with torch.no_grad():
        x, features = net.maxpool(net.relu(net.bn1(net.conv1(pixels)))), []
        for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
            x = layer(x)
            features.append(x)
    return {"groups": groups, "widthPerGroup": width, "side": side, "steps": steps,
            "shapes": [list(f.shape) for f in features],
            "means": [float(f.mean()) for f in features], "deviations": [float(f.std()) for f in features],
            # Every so manieth number of each map.
            "samples": [[float(f"{v:.7g}") for v in f.flatten()[::step].tolist()] for f, step in zip(features, steps)]}


with open("tests/golden/resnext.json", "w") as file:
    json.dump({"source": SOURCE, "blocks": [
        block("a grouped bottleneck of stride 2", 2, 4, 8, 4, 16),
        block("a grouped bottleneck of stride 1", 1, 16, 4, 2, 64),
        block("a bottleneck whose 1x1 convolution has the stride", 2, 4, 4, 1, 64, "1x1"),
    ], "small": small()}, file, separators=(",", ":"))
