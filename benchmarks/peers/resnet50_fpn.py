"""torchvision's fasterrcnn_resnet50_fpn with random, lively weights: writes weights, input and answers to a folder.

    python benchmarks/peers/resnet50_fpn.py FOLDER [SEED]

Called by resnet50-fpn.ts, which compares. torch 2.15.0, torchvision 0.29.2.
"""
import pathlib, sys
import torch, torchvision
from safetensors.torch import save_file
from torchvision.models.detection.image_list import ImageList

folder, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
torch.manual_seed(seed)
torch.set_num_threads(2)
HEIGHT, WIDTH, IMAGE_SIZE, CLASSES = 512, 640, (500, 620), 14


def lively_model():
    """Random weights whose features, logits and deltas vary as a trained model's do: empty answers would prove nothing."""
    model = torchvision.models.detection.fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=CLASSES).eval()
    for name, module in model.backbone.body.named_modules():
        if hasattr(module, 'running_mean'):
            # The last norm of a block is small, so that the sum over 16 blocks stays of order 1.
            module.weight.uniform_(.8, 1.2).mul_(.3 if name.endswith('bn3') else 1.)
            module.bias.normal_(0, .1)
            module.running_mean.normal_(0, .1)
            module.running_var.uniform_(.7, 1.3)
    return model


def rescale(layer, output, wanted):
    """Scales a layer's weights so that its output gets the wanted deviation."""
    layer.weight.mul_(wanted / output.std())


def answers(model, pixels):
    features = model.backbone(pixels)
    objectness, deltas = model.rpn.head(list(features.values()))
    objectness = torch.cat([x.permute(0, 2, 3, 1).reshape(1, -1) for x in objectness], 1)
    deltas = torch.cat([x.permute(0, 2, 3, 1).reshape(1, -1, 4) for x in deltas], 1)
    proposals, _ = model.rpn(ImageList(pixels, [IMAGE_SIZE]), features)
    heads = model.roi_heads
    logits, box_deltas = heads.box_predictor(heads.box_head(heads.box_roi_pool(features, proposals, [IMAGE_SIZE])))
    boxes, scores, labels = heads.postprocess_detections(logits, box_deltas, proposals, [IMAGE_SIZE])
    return dict(objectness=objectness, deltas=deltas, proposals=proposals[0], classLogits=logits,
                boxDeltas=box_deltas.reshape(len(logits), CLASSES, 4), boxes=boxes[0], scores=scores[0], labels=labels[0].float())


with torch.no_grad():
    model = lively_model()
    # Smooth blobs of several sizes, so that places differ.
    pixels = sum(torch.nn.functional.interpolate(torch.randn(1, 3, HEIGHT // s, WIDTH // s), (HEIGHT, WIDTH), mode='bilinear') for s in (4, 16, 64))
    pixels[:, :, IMAGE_SIZE[0]:] = 0
    pixels[:, :, :, IMAGE_SIZE[1]:] = 0
    for inner in model.backbone.fpn.inner_blocks:
        inner[0].weight.mul_(.3)
    for level, smooth in zip(model.backbone(pixels).values(), model.backbone.fpn.layer_blocks):
        rescale(smooth[0], level, 1.)
    head, predictor = model.rpn.head, model.roi_heads.box_predictor
    for convolution in (head.conv[0][0], head.cls_logits, head.bbox_pred):
        convolution.weight.mul_(5)
    found = answers(model, pixels)
    rescale(head.cls_logits, found['objectness'], 2.)
    rescale(head.bbox_pred, found['deltas'], .3)
    found = answers(model, pixels)
    rescale(predictor.cls_score, found['classLogits'] - found['classLogits'].mean(0), 2.)
    rescale(predictor.bbox_pred, found['boxDeltas'], 1.)
    found = answers(model, pixels)
save_file({name: value.contiguous() for name, value in model.state_dict().items()}, folder / 'weights.safetensors')
save_file({'pixels': pixels.contiguous(), 'imageSize': torch.tensor([IMAGE_SIZE], dtype=torch.float32),
           **{name: value.contiguous() for name, value in found.items()}}, folder / 'answers.safetensors')
print(f'torch {torch.__version__}, torchvision {torchvision.__version__}, seed {seed}:', len(found['proposals']), 'proposals,', len(found['boxes']),
      'detections, by class', found['labels'].int().bincount().tolist(), 'scores', round(found['scores'][0].item(), 3), 'to', round(found['scores'][-1].item(), 3), file=sys.stderr)
