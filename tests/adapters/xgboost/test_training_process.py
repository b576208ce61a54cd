"""Training in a process of its own: the loop goes on, whatever becomes of that process."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from adapters.xgboost.model_trainer import trained_model
from adapters.xgboost.training_process import TrainingProcess
from application.ports.model_trainer import NotTrained, WhyNotTrained
from domain.learning.trained_model import TrainedModel
from tests.training_samples import an_order, resolved_samples

ORDER = an_order(resolved_samples(450, edge=1.0))
LARGE = an_order(resolved_samples(3_000, edge=1.0))
SPEAKS_AND_DIES = "import sys; sys.stdin.buffer.read(9); print('out of memory'); sys.exit(3)"
HANGS = "import time; time.sleep(60)"
TELLS_ITS_NUMBER = f"import os, sys; print(os.getpid(), file=open(sys.argv[1], 'w'), flush=True); {HANGS}"
GIVES_A_LIST = (
    "import sys, pickle; sys.stdin.buffer.read(); said = pickle.dumps([]);"
    " sys.stdout.buffer.write(said + len(said).to_bytes(8))"
)
TELLS_ITS_NICENESS = (
    "import os, sys; from adapters.xgboost.learning_child import main; main();"
    " print(os.nice(0), file=open(sys.argv[1], 'w'))"
)


def scripted(program: str, *arguments: str, longest_s: float = 20.0) -> TrainingProcess:
    return TrainingProcess(longest_s, (sys.executable, "-c", program, *arguments))


def told_by(trainer: TrainingProcess) -> TrainedModel | NotTrained:
    return asyncio.run(trainer.train(LARGE))


def broke_off(told: TrainedModel | NotTrained) -> str:
    assert isinstance(told, NotTrained)
    assert told.reason is WhyNotTrained.BROKE_OFF
    return told.detail


def test_two_processes_grow_the_model_that_is_grown_here() -> None:
    async def both() -> list[TrainedModel | NotTrained]:
        trainer = TrainingProcess()
        return list(await asyncio.gather(trainer.train(ORDER), trainer.train(ORDER)))

    assert asyncio.run(both()) == [trained_model(ORDER)] * 2


def test_the_loop_goes_on_meanwhile() -> None:
    async def ticks_while_training() -> int:
        training, ticks = asyncio.ensure_future(TrainingProcess().train(ORDER)), 0
        while not training.done():
            await asyncio.wait({training}, timeout=0.005)
            ticks += 1
        assert isinstance(training.result(), TrainedModel)
        return ticks

    assert asyncio.run(ticks_while_training()) > 20


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (SPEAKS_AND_DIES, "ended with 3: out of memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with -9: it said nothing"),
        ("raise MemoryError('not enough')", "ended with 1: MemoryError: not enough"),
        ("", "ended with 0: it said nothing"),
        ("print('no model')", "ended with 0: no model"),
        (GIVES_A_LIST, "gave a list"),
    ],
)
def test_a_process_that_breaks_off_is_told_as_such(program: str, words: str) -> None:
    assert words in broke_off(told_by(scripted(program)))


def test_a_process_that_cannot_even_be_started_is_told_as_such(tmp_path: Path) -> None:
    answer = asyncio.run(TrainingProcess(command=(str(tmp_path / "gone"),)).train(ORDER))
    words = "no process could be started: No such file or directory"
    assert answer == NotTrained(WhyNotTrained.BROKE_OFF, words)


def test_a_process_that_is_killed_while_it_trains_is_told_as_such(tmp_path: Path) -> None:
    async def killed() -> TrainedModel | NotTrained:
        place = a_place_to_write(tmp_path)
        trainer = scripted(TELLS_ITS_NUMBER, str(place))
        training = asyncio.ensure_future(trainer.train(ORDER))
        os.kill(await number_in(place), signal.SIGKILL)
        return await training

    assert "ended with -9" in broke_off(asyncio.run(killed()))


def test_a_process_that_hangs_is_given_up() -> None:
    trainer = scripted(HANGS, longest_s=0.5)
    assert told_by(trainer) == NotTrained(WhyNotTrained.TOOK_TOO_LONG, "no model within 0.5 s")


def test_whoever_is_cancelled_leaves_no_process_behind(tmp_path: Path) -> None:
    async def cancelled() -> int:
        place = a_place_to_write(tmp_path)
        trainer = scripted(TELLS_ITS_NUMBER, str(place))
        training = asyncio.ensure_future(trainer.train(ORDER))
        number = await number_in(place)
        training.cancel()
        with pytest.raises(asyncio.CancelledError):
            await training
        return number

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(cancelled()), 0)


def test_the_process_stands_behind_everyone_else(tmp_path: Path) -> None:
    told_by(scripted(TELLS_ITS_NICENESS, str(tmp_path / "niceness")))
    assert int((tmp_path / "niceness").read_text()) == min(19, os.nice(0) + 10)


def test_the_process_knows_none_of_our_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLT_API_SECRET", "s3cret")
    program = "import os, sys; open(sys.argv[1], 'w').write(repr(dict(os.environ)))"
    told_by(scripted(program, str(tmp_path / "environment")))
    assert "s3cret" not in (tmp_path / "environment").read_text()
    assert "SLT_" not in (tmp_path / "environment").read_text()


def test_an_order_that_breaks_off_in_the_pipe_is_not_trained_on() -> None:
    async def cut_off() -> tuple[int, bytes]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "adapters.xgboost.learning_child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await child.communicate(b"\x80\x04")
        return await child.wait(), told

    status, told = asyncio.run(cut_off())
    assert status == 1
    assert b"Error" in told


def a_place_to_write(folder: Path) -> Path:
    """Give a named pipe: whoever reads it waits until the other process has written."""
    place = folder / "told"
    os.mkfifo(place)
    return place


async def number_in(place: Path) -> int:
    return int(await asyncio.to_thread(place.read_text))
