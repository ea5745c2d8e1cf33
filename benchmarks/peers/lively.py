"""Random weights whose features, logits and deltas vary as a trained detector's do: empty answers would prove nothing, and cost nothing."""
import torch
from torchvision.models.detection.image_list import ImageList


def blobs(count, height, width):
    """Pictures of smooth spots of several sizes, so that places differ."""
    return sum(torch.nn.functional.interpolate(torch.randn(count, 3, height // side, width // side), (height, width), mode='bilinear') for side in (4, 16, 64))


def answers(model, pixels, image_size):
    """Everything that a torchvision FasterRCNN says about one picture, without its own resizing."""
    sizes = [image_size] * len(pixels)
    features = model.backbone(pixels)
    objectness, deltas = model.rpn.head(list(features.values()))
    objectness = torch.cat([x.permute(0, 2, 3, 1).reshape(len(pixels), -1) for x in objectness], 1)
    deltas = torch.cat([x.permute(0, 2, 3, 1).reshape(len(pixels), -1, 4) for x in deltas], 1)
    proposals, _ = model.rpn(ImageList(pixels, sizes), features)
    heads = model.roi_heads
    logits, box_deltas = heads.box_predictor(heads.box_head(heads.box_roi_pool(features, proposals, sizes)))
    boxes, scores, labels = heads.postprocess_detections(logits, box_deltas, proposals, sizes)
    return dict(objectness=objectness, deltas=deltas, proposals=proposals[0], classLogits=logits,
                boxDeltas=box_deltas.reshape(len(logits), -1, 4), boxes=boxes[0], scores=scores[0], labels=labels[0].float())


@torch.no_grad()
def enliven(model, pixels, image_size, background=0.):
    """Fills the norms with random numbers and scales the heads by what they answer. @param background added to its logit: fewer detections"""
    for name, module in model.backbone.body.named_modules():
        if hasattr(module, 'running_mean'):
            # The last norm of a block is small, so that the sum over the blocks stays of order 1.
            module.weight.uniform_(.8, 1.2).mul_(.3 if name.endswith('bn3') else 1.)
            module.bias.normal_(0, .1)
            module.running_mean.normal_(0, .1)
            module.running_var.uniform_(.7, 1.3)
    was_training = model.training
    model.eval()

    def rescale(layer, output, wanted):
        layer.weight.mul_(wanted / output.std())

    for inner in model.backbone.fpn.inner_blocks:
        inner[0].weight.mul_(.3)
    for level, smooth in zip(model.backbone(pixels).values(), model.backbone.fpn.layer_blocks):
        rescale(smooth[0], level, 1.)
    head, predictor = model.rpn.head, model.roi_heads.box_predictor
    for convolution in (head.conv[0][0], head.cls_logits, head.bbox_pred):
        convolution.weight.mul_(5)
    found = answers(model, pixels, image_size)
    rescale(head.cls_logits, found['objectness'], 2.)
    rescale(head.bbox_pred, found['deltas'], .3)
    found = answers(model, pixels, image_size)
    rescale(predictor.cls_score, found['classLogits'] - found['classLogits'].mean(0), 2.)
    rescale(predictor.bbox_pred, found['boxDeltas'], 1.)
    # No class is favoured on average.
    predictor.cls_score.bias.sub_(answers(model, pixels, image_size)['classLogits'].mean(0))
    predictor.cls_score.bias[0] += background
    model.train(was_training)
