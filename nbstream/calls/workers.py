"""The executor of a stream: its own while it is live, or the user's; and the function as it travels there."""

from __future__ import annotations

import contextlib
import contextvars
import pickle
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import MissingDependencyError, SignatureError, WorkerError
from ..kernel.functions import is_generator, layers, told
from .caller import name_of
from .remote_call import Reply, Request, answer, answer_pickled

if TYPE_CHECKING:
    from typing import TypeAlias

    ExecutorChoice: TypeAlias = Executor | Callable[[], Executor]
    """Where calls run: the user's own, or what makes one for each time that the stream is live."""

MAX_FUNCTION_BYTES = 1_000_000


def check_function(fn: Callable[..., Any], executor: ExecutorChoice) -> None:
    """Make sure that `fn` can run in that executor, as far as it can be known before it is made.

    Raises
    ------
    SignatureError
        If it is a generator function, or cannot be pickled.
    MissingDependencyError
        If it needs cloudpickle, which is not installed.
    """
    if is_generator(fn):
        raise SignatureError(
            f"{name_of(fn)}() is a generator function, and a worker of executor= answers once. "
            "Return one result, or stream without executor=."
        )
    if isinstance(executor, Executor):
        _travelling(fn, executor)


class Workers:
    """Where the calls of one runner go; used by the runner's thread alone.

    An executor that was given is used as it is and never shut down. One that is made here is made when the first frame
    comes, replaced when it is broken, and shut down in `close`.
    """

    def __init__(self, fn: Callable[..., Any], choice: ExecutorChoice) -> None:
        self._fn = fn
        self._given = choice if isinstance(choice, Executor) else None
        self._make: Callable[[], Executor] | None = None if isinstance(choice, Executor) else choice
        self._executor = self._given
        self._function: bytes | None = None
        self._is_packed = False

    @property
    def executor(self) -> Executor | None:
        """The executor in use; `None` before the first call."""
        return self._executor

    def submit(self, request: Request) -> Future[Any]:
        """Send one call off.

        Raises
        ------
        WorkerError
            If the executor takes no calls any more.
        """
        executor = self._executor or self._made()
        if not self._is_packed:
            self._function, self._is_packed = _travelling(self._fn, executor), True
        try:
            if self._function is None:
                return executor.submit(contextvars.copy_context().run, answer, self._fn, request)
            return executor.submit(answer_pickled, self._function, _packed(request, self._fn))
        except BrokenExecutor as error:
            self.lost(executor)
            raise self._broken(error) from error
        except RuntimeError as error:  # "cannot schedule new futures after shutdown"
            raise WorkerError(
                f"{type(executor).__name__} takes no calls: {error}. Make a new one and run source.stream() again."
            ) from error

    def reply_of(self, future: Future[Any]) -> Reply:
        """What came of a call that is done; raises what the executor raised, `WorkerError` for a worker that died."""
        try:
            reply = future.result()
        except BrokenExecutor as error:
            raise self._broken(error) from error
        answered: Reply = pickle.loads(reply) if isinstance(reply, bytes) else reply
        return answered

    def lost(self, executor: Executor | None) -> bool:
        """A call in `executor` was lost with its worker; True when that is news."""
        if self._make is None:
            return True
        if executor is not self._executor or executor is None:
            return False
        self._executor = None
        _shut_down(executor)
        return True

    def close(self) -> None:
        """Shut down what was made here; workers end with their running call."""
        if self._make is not None and self._executor is not None:
            _shut_down(self._executor)
            self._executor = None

    def _made(self) -> Executor:
        assert self._make is not None
        executor = self._make()
        if not isinstance(executor, Executor):
            raise TypeError(
                f"the function given as executor= returned {type(executor).__name__}; expected a "
                "concurrent.futures.Executor."
            )
        self._executor, self._is_packed = executor, False
        return executor

    def _broken(self, error: BaseException) -> WorkerError:
        if self._make is not None:
            return WorkerError(
                f"A worker died, and its frames with it; new ones are started. ({error})"
            )
        kind = type(self._given).__name__
        return WorkerError(
            f"A worker died, and a {kind} does not replace it: it takes no calls any more. Give executor= a function "
            f"that makes one, such as executor=lambda: {kind}(...), and run source.stream() again. ({error})"
        )


def _shut_down(executor: Executor) -> None:
    with contextlib.suppress(Exception):  # one that is broken, or knows no cancel_futures
        executor.shutdown(wait=False, cancel_futures=True)


def _packed(request: Request, fn: Callable[..., Any]) -> bytes:
    try:
        return pickle.dumps(request, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise TypeError(
            f"an input of {name_of(fn)}() cannot be sent to a worker: {error}"
        ) from error


def _travelling(fn: Callable[..., Any], executor: Executor) -> bytes | None:
    """Pickle the function; `None` where it need not travel, since the executor's threads are the kernel's."""
    if isinstance(executor, ThreadPoolExecutor):
        return None
    name, where = name_of(fn), f"the workers of {type(executor).__name__}"
    pickler = _cloudpickle()
    if pickler is None and _is_of_notebook(fn):
        raise MissingDependencyError(
            f"{name}() was defined in the notebook, where {where} cannot import it. "
            'Install cloudpickle (pip install "nbstream[workers]"), or write the function into a module and import it.'
        )
    try:
        data: bytes = pickle.dumps(fn) if pickler is None else pickler.dumps(fn)
    except Exception as error:
        raise SignatureError(
            f"{name}() cannot be sent to {where}: {error}. What a function of the notebook uses travels with it: "
            "give widgets as inputs=, and import and open inside the function what cannot be copied."
        ) from error
    if len(data) > MAX_FUNCTION_BYTES:
        raise SignatureError(
            f"{name}() and what it uses are {len(data) / 1e6:.1f} MB, which would go to {where} with each frame; "
            f"at most {MAX_FUNCTION_BYTES / 1e6:.0f} MB may. Load large things inside the function, once per worker: "
            "in a function of their own with functools.cache."
        )
    return data


def _cloudpickle() -> ModuleType | None:
    try:
        import cloudpickle
    except ImportError:
        return None
    module: ModuleType = cloudpickle
    return module


def _is_of_notebook(fn: Callable[..., Any]) -> bool:
    inner = layers(told(fn, "func") or fn)[-1]
    qualified = told(inner, "__qualname__") or type(inner).__qualname__
    return told(inner, "__module__") == "__main__" or "<" in str(qualified)
