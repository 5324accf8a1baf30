"""A model in ONNX Runtime."""

from __future__ import annotations

import mmap
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from streamdeid.errors import DetectorError, UsageError
from streamdeid.models.batching import Batch

CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
#: In order of preference.
PROVIDERS = (CUDA, CPU)
#: At most so many tokens, padding included, go through a model at once: on a CPU, what its caches hold between layers.
_TOKENS_AT_ONCE = {CUDA: 32_768, CPU: 1_024}
_GPU_BYTES = 4 * 2**30
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
#: Operators that find one scale for all rows of a batch while they run begin so.
_DYNAMIC = b"DynamicQuantize"
_RANK_OF_LOGITS = 3
#: Microseconds of processor time in so many of wall time, or "max" (control groups, version 2).
_CONTAINER_SHARE = Path("/sys/fs/cgroup/cpu.max")


def providers() -> list[str]:
    """The providers that this machine's ONNX Runtime has, of those that we use, best first."""
    available = onnxruntime.get_available_providers()
    return [name for name in PROVIDERS if name in available]


class Session:
    """Runs one model. `row_by_row` says that rows may not share a batch, `tokens_at_once` how large one may be.
    `threads` share the work on a CPU; 0: as many as there are cores for this process.

    Raises:
        UsageError: no model, one that asks for inputs that we do not have, or one without token scores.
    """

    def __init__(self, file: Path, first_position: int = 0, provider: str | None = None, threads: int = 0) -> None:
        chosen = providers() if provider is None else list(dict.fromkeys((provider, CPU)))
        try:
            self._session = onnxruntime.InferenceSession(str(file), _options(threads), _with_options(chosen))
        except Exception as fault:
            raise UsageError(f"{file} is not an ONNX model that can be run here: {type(fault).__name__}") from None
        self.provider: str = self._session.get_providers()[0]
        self.tokens_at_once = _TOKENS_AT_ONCE.get(self.provider, _TOKENS_AT_ONCE[CPU])
        self.row_by_row = _quantises_dynamically(file)
        self._first_position = first_position
        self._inputs = {given.name: given.type for given in self._session.get_inputs()}
        self._output = self._logits(file)
        self._check_inputs(file)

    def run(self, batch: Batch, seconds: float) -> NDArray[Any]:
        """Scores before softmax: rows x tokens x labels.

        Raises:
            DetectorError: the model failed, or was not done after `seconds`; it is stopped then.
        """
        options = onnxruntime.RunOptions()
        stopping = threading.Timer(seconds, setattr, (options, "terminate", True))
        stopping.daemon = True
        stopping.start()
        try:
            scores = self._session.run([self._output], self._feeds(batch), options)[0]
        except Exception as fault:  # whose text may quote the input
            if options.terminate:
                raise DetectorError("message.timeout") from None
            raise DetectorError("detector.failure", type(fault).__name__) from None
        finally:
            stopping.cancel()
        if scores.ndim != _RANK_OF_LOGITS or scores.shape[:2] != batch.ids.shape:
            raise DetectorError("detector.failure", "scores of another shape")
        return np.asarray(scores)

    def _feeds(self, batch: Batch) -> dict[str, NDArray[Any]]:
        return {
            name: self._input(name, batch).astype(_INTEGERS[kind], copy=False) for name, kind in self._inputs.items()
        }

    def _input(self, name: str, batch: Batch) -> NDArray[Any]:
        if name == "position_ids":
            positions = np.arange(self._first_position, self._first_position + batch.ids.shape[1])
            return np.broadcast_to(positions, batch.ids.shape)
        known = {"input_ids": batch.ids, "attention_mask": batch.mask, "shape_ids": batch.shapes}
        return known[name] if name in known else np.zeros_like(batch.ids)

    def _logits(self, file: Path) -> str:
        for output in self._session.get_outputs():
            if len(output.shape) == _RANK_OF_LOGITS and output.type in ("tensor(float)", "tensor(float16)"):
                return str(output.name)
        raise UsageError(f"{file} gives no scores of tokens: an output of batch x tokens x labels")

    def _check_inputs(self, file: Path) -> None:
        known = {"input_ids", "attention_mask", "token_type_ids", "shape_ids", "position_ids"}
        for name, kind in self._inputs.items():
            if name not in known or kind not in _INTEGERS:
                raise UsageError(
                    f"{file} asks for an input {name} of {kind}; we have {', '.join(sorted(known))}, of integers"
                )
        if "input_ids" not in self._inputs:
            raise UsageError(f"{file} does not ask for input_ids: it is no model of text")


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _cores()
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.enable_mem_pattern = False  # a plan is kept for every shape, and batches have many
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    # Threads that wait for the next batch would keep the rest of the process from working.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _cores() -> int:
    """How many cores this process may use: those that it may run on, or fewer where a container has a share of them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _CONTAINER_SHARE.read_text().split()
        return max(1, min(cores, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no container, or no limit
        return cores


def _with_options(chosen: list[str]) -> list[str | tuple[str, dict[str, str]]]:
    cuda = {
        "arena_extend_strategy": "kSameAsRequested",
        "gpu_mem_limit": str(_GPU_BYTES),
        "cudnn_conv_algo_search": "DEFAULT",
        "use_tf32": "0",
    }
    return [(name, cuda) if name == CUDA else name for name in chosen]


def _quantises_dynamically(file: Path) -> bool:
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(_DYNAMIC) >= 0
