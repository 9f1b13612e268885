"""An adapter with parts set to zero: another way to switch them off than the harness takes."""

from __future__ import annotations

from apeft.training.update import PREFIX, State, layer_of, module_of, weights


def without(state: State, *, layer: int | None = None, module: str | None = None) -> State:
    """Copy a state with the parts of a layer, of a module, or of one module of one layer at zero.

    B is what is set to zero, as at the start of training, so that the copy is an adapter of the
    same shape.

    Raises:
        ValueError: neither is named, or no weight of the adapter is meant.
    """
    if layer is None and module is None:
        raise ValueError("name a layer or a module")
    off = {
        f"{PREFIX}{name}.lora_B.weight"
        for name in weights(state)
        if layer in (None, layer_of(name)) and module in (None, module_of(name))
    }
    if not off:
        raise ValueError(f"the adapter has no weight of layer {layer}, module {module}")
    return {
        key: tensor.new_zeros(tensor.shape) if key in off else tensor.clone()
        for key, tensor in state.items()
    }
