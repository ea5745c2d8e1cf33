"""PyTorch's half of speed.ts: builds one case, saves its weights, then does one step for each line on stdin.

    python benchmarks/peers/speed.py CASE FOLDER THREADS

Answers are JSON lines on stdout: first versions, then {"ms", "peakMb", ...} a step. The scope of a step is that of ours: from a
prepared tensor to detections, or to updated weights (selection, loss, backward, clipping, SGD); no resizing.
"""
import json, pathlib, resource, sys, time
import timm, torch, torchvision
from lively import answers, blobs, enliven
from safetensors.torch import save_file
from torch import nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import RPNHead
from torchvision.ops import FeaturePyramidNetwork, FrozenBatchNorm2d, MultiScaleRoIAlign
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

case, folder, threads = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(1)
cases = json.loads((pathlib.Path(__file__).parent / 'speed-cases.json').read_text())
settings = cases[case]
CLASSES = 14


class FrozenNorm(FrozenBatchNorm2d):
    """Frozen batch norm and the activation that timm keeps in its own class; the parameters keep their names."""

    def __init__(self, norm):
        super().__init__(norm.num_features, eps=1e-3)
        self.act = getattr(norm, 'act', nn.Identity())

    def forward(self, x):
        return self.act(super().forward(x))


def freeze_norms(module):
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            setattr(module, name, FrozenNorm(child))
        else:
            freeze_norms(child)


class Separable(nn.Module):
    """A depthwise and a pointwise convolution under the names of ours."""

    def __init__(self, width):
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.pointwise = nn.Conv2d(width, width, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))

    @property
    def weight(self):
        return self.pointwise.weight


class LiteBackbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = timm.create_model('tf_efficientnet_lite0', pretrained=False, features_only=True, out_indices=(2, 3, 4))
        freeze_norms(self.body)
        for name, parameter in self.body.named_parameters():
            if name.startswith(('conv_stem', 'blocks.0.', 'blocks.1.')):
                parameter.requires_grad_(False)
        self.fpn = FeaturePyramidNetwork([40, 112, 320], 128, LastLevelMaxPool())
        for block in self.fpn.layer_blocks:
            block[0] = Separable(128)
        self.out_channels = 128

    def forward(self, x):
        return self.fpn({str(i): f for i, f in enumerate(self.body(x))})


class LiteHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc6, self.fc7 = nn.Linear(128 * 49, 384), nn.Linear(384, 384)

    def forward(self, x):
        return torch.relu(self.fc7(torch.relu(self.fc6(x.flatten(1)))))


def build():
    if settings['network'] == 'r50':
        body = torchvision.models.resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
        return FasterRCNN(_resnet_fpn_extractor(body, 3), CLASSES, box_batch_size_per_image=256)
    anchors = AnchorGenerator(((28,), (76,), (152,), (304,)), ((.5, 1., 2.),) * 4)
    rpn = RPNHead(128, 3)
    rpn.conv[0][0] = Separable(128)
    return FasterRCNN(LiteBackbone(), rpn_anchor_generator=anchors, rpn_head=rpn, box_head=LiteHead(), box_predictor=FastRCNNPredictor(384, CLASSES),
                      box_roi_pool=MultiScaleRoIAlign(['0', '1', '2'], 7, 2), rpn_pre_nms_top_n_train=1000, rpn_post_nms_top_n_train=500,
                      rpn_pre_nms_top_n_test=500, rpn_post_nms_top_n_test=100, box_batch_size_per_image=128, box_score_thresh=.02)


batch, height, width = settings['batch'], settings['height'], settings['width']
model = build()
pixels = blobs(batch, height, width)
enliven(model, pixels[:1], tuple(settings['imageSize']), background=9.)
save_file({name: value.contiguous() for name, value in model.state_dict().items()}, folder / 'weights.safetensors')
save_file({'pixels': pixels.contiguous()}, folder / 'input.safetensors')
sizes = [tuple(settings['imageSize'])] * batch
targets = [{'boxes': torch.tensor(settings['boxes'], dtype=torch.float32), 'labels': torch.tensor(settings['labels'])} for _ in range(batch)]
trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
# A rate so small that every step does the same work.
optimizer = torch.optim.SGD(trained, settings['learningRate'], .9, weight_decay=1e-4)


def train():
    features = model.backbone(pixels)
    proposals, losses = model.rpn(ImageList(pixels, sizes), features, targets)
    _, more = model.roi_heads(features, proposals, sizes, targets)
    loss = sum({**losses, **more}.values())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(trained, 10.)
    optimizer.step()
    return {'loss': loss.item(), 'proposals': len(proposals[0]), 'trained': sum(parameter.numel() for parameter in trained)}


def infer():
    with torch.inference_mode():
        features = model.backbone(pixels)
        proposals, _ = model.rpn(ImageList(pixels, sizes), features)
        found, _ = model.roi_heads(features, proposals, sizes)
    return {'proposals': len(proposals[0]), 'detections': len(found[0]['boxes'])}


run = train if settings['kind'] == 'train' else infer
model.train(settings['kind'] == 'train')
print(json.dumps({'versions': f'PyTorch {torch.__version__}, torchvision {torchvision.__version__}, timm {timm.__version__}'}), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    found = run()
    seconds = time.perf_counter() - start
    print(json.dumps({'ms': seconds * 1e3, 'peakMb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, **found}), flush=True)
