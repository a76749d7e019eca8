"""Opens the mailbox that invoices are sent to, over IMAP and for reading alone."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Iterator

from intake.settings import MailBox

#: Seconds after which a server that says nothing is taken for gone.
_TIMEOUT = 60.0


@contextlib.contextmanager
def opened(box: MailBox, timeout: float = _TIMEOUT) -> Iterator[tuple[imaplib.IMAP4, int]]:
    """The server with the folder open, and the folder's UIDVALIDITY; it is closed in the end.

    Raises:
        OSError: the server cannot be reached. imaplib.IMAP4.error: it refuses or is not understood.
    """
    with _connected(box, timeout) as server:
        yield server, _entered(server, box)


def _entered(server: imaplib.IMAP4, box: MailBox) -> int:
    server.login(box.user, box.password.get_secret_value())
    name = '"' + box.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    status, told = server.select(name, readonly=True)
    (validity,) = server.response("UIDVALIDITY")[1] or [None]
    if status != "OK" or validity is None:
        raise imaplib.IMAP4.error(f"the folder cannot be opened: {told!r}")
    return int(validity)


@contextlib.contextmanager
def _connected(box: MailBox, timeout: float) -> Iterator[imaplib.IMAP4]:
    """A connection that is closed in the end, also where the server has hung up."""
    if box.tls:
        context = ssl.create_default_context()
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=timeout)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=timeout)
    try:
        yield server
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            server.logout()
        with contextlib.suppress(OSError):
            server.shutdown()
