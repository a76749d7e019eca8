"""What a process that reads the files of strangers may not do, whatever a file makes of it: the walls of the child.

Limits of the kernel on time, memory, files and their size; no new privileges; no network, no other program, no other
process (seccomp); nothing to read but the programs and the file itself, nothing to write but its own folder (Landlock).
All of it works without rights and inside containers. Where a kernel lacks one of the last two, the rest still stands,
and ``python -m intake doctor`` says what is missing.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import math
import os
import platform
import resource
import signal
import site
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 1, 38, 22, 2
_HOUSE = Path(__file__).resolve().parents[1]
#: What Python and its libraries read while they work; of /etc and /proc no more than that.
_PROGRAMS = (
    *(sys.prefix, sys.base_prefix, *site.getsitepackages(), str(_HOUSE / "intake"), str(_HOUSE / "models")),
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/sys/devices/system/cpu"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a child may use: seconds of the processor, megabytes of its own memory and of one file, open files."""

    seconds: float
    memory_mb: int
    file_mb: int = 200
    files: int = 64


def bind(bounds: Bounds) -> None:
    """Take no more than the bounds, end with the parent, and never gain a right.

    Over its time the process is ended, over its memory an allocation fails, over the size of a file or the number of
    files a write or an open fails.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    seconds, memory, file = math.ceil(bounds.seconds), bounds.memory_mb * 2**20, bounds.file_mb * 2**20
    # The first number ends it by a signal of its own, so that SIGKILL is always somebody else's.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))
    resource.setrlimit(resource.RLIMIT_NOFILE, (bounds.files, bounds.files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def let_go(keep: Sequence[int]) -> None:
    """Close what a fork took along (connections to Redis and to the database), all but the descriptors to keep."""
    silent = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(silent, standard)
    taken_along = [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
    for number in taken_along:
        if number > 2 and number not in keep:
            with contextlib.suppress(OSError):  # the one that listed the folder is closed already
                os.close(number)


def shut_in(reads: Iterable[Path], writes: Iterable[Path]) -> list[str]:
    """Put up the walls that cannot be taken down again; gives the names of those that this kernel lacks.

    ``reads`` are files and folders to read beside the programs, ``writes`` folders to read and write plain files in.
    """
    missing = [] if _keep_to_folders(reads, writes) else ["landlock"]
    return missing if _refuse_calls() else [*missing, "seccomp"]


def _prctl(option: int, *arguments: int | ctypes.Array[ctypes.c_char]) -> bool:
    return bool(ctypes.CDLL(None).prctl(option, *arguments, *[0] * (4 - len(arguments))) == 0)


# Landlock: https://docs.kernel.org/userspace-api/landlock.html. The numbers are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 2, 4, 8, 16, 32, 128, 256
_OF_VERSION_1, _TRUNCATE, _SCOPES = (1 << 13) - 1, 1 << 14, 0b11
_READ = _READ_FILE | _READ_DIR
_WRITE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG


def _keep_to_folders(reads: Iterable[Path], writes: Iterable[Path]) -> bool:
    libc = ctypes.CDLL(None)
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    cut = _TRUNCATE if version >= 3 else 0
    # From version 6 on: no signals to processes outside, no abstract sockets of theirs.
    rules = struct.pack("=QQQ", _OF_VERSION_1 | cut, 0, _SCOPES if version >= 6 else 0)
    ruleset = libc.syscall(_CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        return False
    try:
        for path in (*map(Path, _PROGRAMS), *reads):
            _allow(libc, ruleset, path, _READ)
        _allow(libc, ruleset, Path(os.devnull), _READ | _WRITE_FILE)
        for path in writes:
            _allow(libc, ruleset, path, _WRITE | cut)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no right
    try:
        of_files = _READ_FILE | _WRITE_FILE | _TRUNCATE
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & of_files, place)
        libc.syscall(_ADD_RULE, ruleset, 1, rule, 0)
    finally:
        os.close(place)


# seccomp: https://docs.kernel.org/userspace-api/seccomp_filter.html. Architecture, then the number of each call there.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_CLONE, _CLONE3, _CLONE_THREAD = (56, 220), (435, 435), 0x10000
_REFUSED = {
    **{"socket": (41, 198), "socketpair": (53, 199), "io_uring_setup": (425, 425)},
    **{"execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None)},
    **{"kill": (62, 129), "tkill": (200, 130), "ptrace": (101, 117), "prlimit64": (302, 261), "setrlimit": (160, 164)},
    **{"process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_open": (434, 434)},
    **{"pidfd_getfd": (438, 438), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39)},
    **{"bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219)},
    **{"add_key": (248, 217), "request_key": (249, 218), "pidfd_send_signal": (424, 424)},
    **{"rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240)},
    # Landlock keeps no watch over the rights, owners and times of files.
    **{"chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None)},
    **{"fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utimensat": (280, 88), "utime": (132, None)},
    **{"utimes": (235, None), "futimesat": (261, None), "setxattr": (188, 5), "lsetxattr": (189, 6)},
    **{"fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16)},
}
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _HAS_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16


def _refuse_calls() -> bool:
    if platform.machine() not in _ARCHITECTURES or sys.byteorder != "little":
        return False
    program = _filter(*_ARCHITECTURES[platform.machine()])
    instructions = ctypes.create_string_buffer(program, len(program))
    told = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    return _prctl(_PR_SET_SECCOMP, _FILTER, ctypes.create_string_buffer(told, len(told)))


def _filter(architecture: int, column: int) -> bytes:
    """The program that the kernel runs on each call; a new process is refused, a new thread is not."""
    refuse = (_RETURN, 0, 0, _ERROR | errno.EPERM)
    lines = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    if architecture == _ARCHITECTURES["x86_64"][0]:
        lines += [(_AT_LEAST, 0, 1, 0x40000000), refuse]  # the same calls by their numbers of x32
    for number in (numbers[column] for numbers in _REFUSED.values()):
        lines += [(_EQUAL, 0, 1, number), refuse] if number is not None else []
    # glibc asks clone3 first, whose flags lie out of a filter's sight, and takes clone when there is none.
    lines += [(_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    lines += [(_EQUAL, 0, 3, _CLONE[column]), (_LOAD, 0, 0, _FIRST_ARGUMENT), (_HAS_BIT, 1, 0, _CLONE_THREAD), refuse]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def missing_walls() -> list[str]:
    """Try in a child which walls this kernel gives; names those that it does not."""
    incoming, outgoing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _prctl(_PR_SET_NO_NEW_PRIVS, 1)
            os.write(outgoing, " ".join(shut_in((), ())).encode())
        finally:
            os._exit(0)
    os.close(outgoing)
    with os.fdopen(incoming, "rb") as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return said.decode().split()
