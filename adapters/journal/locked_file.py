"""A file that one session writes and no other."""

import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import Final

from application.ports.journal import JournalFailed

_PLAIN_WORDS: Final = {
    errno.ENOSPC: "the disk is full; free some space and start again",
    errno.EDQUOT: "the disk quota is used up; free some space and start again",
    errno.EFBIG: "the file has reached the size limit of this process or disk",
    errno.EACCES: "permission denied; check who owns the file and its folder",
    errno.EROFS: "the disk is read-only",
    errno.ENOENT: "there is no such file or folder",
    errno.EIO: "the disk reports an error; its data may be at risk",
}


def why_it_failed(error: OSError) -> str:
    """Say in plain words what the system reported."""
    if error.errno is None:
        return str(error)
    return _PLAIN_WORDS.get(error.errno, os.strerror(error.errno))


class LockedFile:
    """Holds the file's lock from opening to closing; every failure is a JournalFailed with the path."""

    def __init__(self, path: Path, *, may_create: bool) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_APPEND | (os.O_CREAT if may_create else 0)
        try:
            self._descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            raise self._failed("opened", error) from error
        try:
            self._take()
        except JournalFailed:
            self.close()
            raise

    def _take(self) -> None:
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            raise JournalFailed(f"{self.path} is not a plain file")
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise JournalFailed(f"{self.path} is being written by another session") from error
        except OSError as error:
            raise self._failed("locked", error) from error

    def _failed(self, what: str, error: OSError) -> JournalFailed:
        return JournalFailed(f"{self.path} cannot be {what}: {why_it_failed(error)}")

    def fileno(self) -> int:
        """Give the open file's descriptor."""
        return self._descriptor

    def size(self) -> int:
        """Give the length of the file in bytes."""
        return os.fstat(self._descriptor).st_size

    def append(self, content: bytes | bytearray) -> None:
        """Write the whole content behind everything else."""
        try:
            with memoryview(content) as rest:
                written = 0
                while written < len(rest):
                    written += os.write(self._descriptor, rest[written:])
        except OSError as error:
            raise self._failed("written", error) from error

    def cut(self, size: int) -> None:
        """Cut the file to this many bytes and put that on disk."""
        try:
            os.ftruncate(self._descriptor, size)
            os.fsync(self._descriptor)
        except OSError as error:
            raise self._failed("cut", error) from error

    def sync(self) -> None:
        """Put everything written so far on disk."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise self._failed("put on disk", error) from error

    def sync_name(self) -> None:
        """Put the file's name on disk, so that a new file is found after a power cut."""
        try:
            folder = os.open(self.path.absolute().parent, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self._failed("put on disk", error) from error

    def close(self) -> None:
        """Give up the file and its lock."""
        os.close(self._descriptor)
