"""Who works through the pool: as the settings say."""

from contextlib import AbstractContextManager

from django.conf import settings

from selection.core.executors import open_executor
from selection.core.types import Executor


def executor() -> AbstractContextManager[Executor]:
    """Open the executor of ALAPP_EXECUTOR. Raises CoreError when the settings do not fit."""
    return open_executor(
        settings.ALAPP_EXECUTOR,
        workers=settings.ALAPP_EXECUTOR_WORKERS,
        address=settings.ALAPP_DASK_SCHEDULER,
    )
