"""The shape of what people type. What the numbers mean is homework.policy's business."""
