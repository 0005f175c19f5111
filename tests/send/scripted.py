"""A server of SMTP that does as a test says, also what no server should."""

import socket
import threading
import time

from feedpub.transport import Answer, Blocking, Smtp

MESSAGE = b"Subject: x\r\n\r\n.a line that starts with a dot\r\n..two\r\n"
GREETING, EHLO, FINE, GO, DROP = "220 hello", "250 hello", "250 2.0.0 fine", "354 go on", "drop"
PIPELINING = "250-hello\r\n250 PIPELINING"
Line = str | bytes | float | None


class Scripted:
    """Answers each line by a script: a reply, octets as they are, None to say nothing, or DROP to hang up; a number lets the
    next answer wait for so many seconds. `then` are the scripts of the connections after the first.
    """

    def __init__(self, *script: Line, ehlo: str | bytes = EHLO, then: tuple[tuple[Line, ...], ...] = ()) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.scripts, self.ehlo, self.reads = [script, *then], ehlo, list[bytes]()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        for script in self.scripts:
            try:
                peer, _ = self.socket.accept()
            except OSError:  # the test is over
                return
            with peer:
                try:
                    self._converse(peer, script)
                except ConnectionError:
                    continue

    def _converse(self, peer: socket.socket, script: tuple[Line, ...]) -> None:
        answers = iter(script)
        greeting = next(answers)
        if greeting is None:
            peer.settimeout(5)
            peer.recv(1)
            return
        if greeting == DROP:
            return
        assert isinstance(greeting, str | bytes)
        _say(peer, greeting)
        in_message = False
        while data := peer.recv(1 << 20):
            self.reads.append(data)
            if data.upper().startswith(b"EHLO"):
                _say(peer, self.ehlo)
                continue
            if in_message and not data.endswith(b"\r\n.\r\n"):
                continue
            for _ in range(1 if in_message else data.count(b"\r\n")):
                answer = next(answers, DROP)
                if isinstance(answer, float):
                    time.sleep(answer)
                    answer = next(answers)
                if answer == DROP:
                    return
                if isinstance(answer, str | bytes):
                    _say(peer, answer)
                    in_message = isinstance(answer, str) and answer.startswith("354")

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.socket.close()


def _say(peer: socket.socket, answer: str | bytes) -> None:
    peer.sendall(f"{answer}\r\n".encode() if isinstance(answer, str) else answer)


def send(server: Scripted, *recipients: str, timeout: float = 5) -> list[Answer]:
    """What the server says to a message for each of `recipients`, over one connection if it keeps it."""
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{server.port}", timeout=timeout))
    try:
        return [smtp.send(MESSAGE, sender="news@example.org", to=to) for to in recipients or ("reader@example.org",)]
    finally:
        smtp.close()
