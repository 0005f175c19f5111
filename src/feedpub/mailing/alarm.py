"""An alarm for the operator, who reads no log: by mail, by a webhook or by a command, as [mail] on_stop says."""

import os
import shlex
import subprocess
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from feedpub.errors import printable
from feedpub.mailing.outlet import signer, way_out
from feedpub.site import Site

_PATIENCE = {"webhook": 10, "command": 60}  # seconds


def raise_alarm(site: Site, folder: Path, subject: str, text: str, *, now: datetime | None = None) -> str:
    """Tell the operator, if [mail] on_stop says how; what went wrong with that in one line, or "". Never raises.

    A mail goes the way of all mail, so a server that is down tells nobody by it; `now` (aware) is its date. A webhook gets a
    POST of JSON with `site`, `subject` and `text`. A command, without a shell, gets the text on standard input and the subject
    as FEEDPUB_SUBJECT. Text of servers in it should be printable; what is not is replaced here.
    """
    how, subject = site.mail.on_stop, f"{site.title}: {printable(subject)}"
    text = "\n".join(printable(line) for line in text.splitlines()) + "\n"
    if how is None:
        return ""
    try:
        if how.startswith(("https://", "http://")):
            _post(how, {"site": site.title, "subject": subject, "text": text})
        elif "@" in how and "/" not in how and " " not in how:
            _mail(site, folder, how, subject, text, now)
        else:
            environment = os.environ | {"FEEDPUB_SUBJECT": subject}
            command, patience = shlex.split(how), _PATIENCE["command"]
            subprocess.run(command, input=text.encode(), cwd=folder, env=environment, timeout=patience, check=True)  # noqa: S603
    except Exception as error:  # the run that we tell of has its own end; an address of a webhook is a secret
        return f"mail.on_stop could not tell of this: {_in_short(error)}"
    return ""


def _post(url: str, what: dict[str, str]) -> None:
    import httpx

    httpx.post(url, json=what, timeout=_PATIENCE["webhook"]).raise_for_status()


def _mail(site: Site, folder: Path, to: str, subject: str, text: str, now: datetime | None) -> None:
    from feedpub.transport import Accepted, Blocking

    digest = site.digests[0] if site.digests else None
    sender = (digest.sender.email if digest else None) or to
    letter = EmailMessage(SMTP)
    letter["From"], letter["To"], letter["Subject"], letter["Auto-Submitted"] = sender, to, subject, "auto-generated"
    if now:
        letter["Date"] = format_datetime(now)
    letter.set_content(text)
    data = letter.as_bytes()
    transport = Blocking(way_out(folder, site)())
    try:
        answer = transport.send(signer(folder, site)(data, digest.name) if digest else data, sender=sender, to=to)
    finally:
        transport.close()
    if not isinstance(answer, Accepted):
        raise RuntimeError(answer.reason)


def _in_short(error: Exception) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"the webhook answered {response.status_code}"
    if isinstance(error, subprocess.SubprocessError):
        code = getattr(error, "returncode", None)
        return "the command took too long" if code is None else f"the command ended with {code}"
    if type(error).__module__.partition(".")[0] in ("httpx", "httpcore"):
        return f"the webhook can't be reached ({type(error).__name__})"
    return printable(str(error))[:200] or type(error).__name__
