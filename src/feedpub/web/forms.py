"""What a request's body says: a form or JSON, small, or the right 4xx."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import parse_qs

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

_LARGEST = 16_384
_MOST_FIELDS = 100
Fields = dict[str, list[str]]


class SignUp(msgspec.Struct, forbid_unknown_fields=True):
    """A sign-up as JSON. `website` is the trap that people do not see."""

    email: Annotated[str, msgspec.Meta(max_length=400)]
    digests: Annotated[list[str], msgspec.Meta(max_length=_MOST_FIELDS)] = []
    website: str = ""


def kind_of(request: Request) -> str:
    """The body's media type in small letters, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def form_of(request: Request) -> Fields:
    """The fields of a form (RFC 7578, or urlencoded), each with its values; files are not taken, and no type means no fields.

    Raises HTTPException: 415 for another type, 413 for more than 16 kB, 400 for what is no form.
    """
    if not kind_of(request):
        return {}
    if kind_of(request) not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise HTTPException(415, "Send a form: application/x-www-form-urlencoded or multipart/form-data.")
    try:
        form = await _limited(request).form(max_files=0, max_fields=_MOST_FIELDS, max_part_size=_LARGEST)
    except (UnicodeError, ValueError, LookupError) as error:
        raise HTTPException(400, "This is no form.") from error
    fields: Fields = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return fields


async def untyped_form_of(request: Request) -> Fields:
    """The fields of a form, also where its type is another or none: programs that end a subscription send what they like.

    Raises HTTPException: 413 for more than 16 kB, 400 for what is no form.
    """
    if kind_of(request) == "multipart/form-data" and "boundary=" in request.headers["content-type"].lower():
        return await form_of(request)
    body = await _limited(request).body()
    try:
        return parse_qs(body.decode().strip(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "This is no form.") from error


async def json_of(request: Request) -> SignUp:
    """A sign-up as JSON. Raises HTTPException: 413 for more than 16 kB, 400 for anything else."""
    try:
        return msgspec.json.decode(await _limited(request).body(), type=SignUp)
    except msgspec.MsgspecError as error:
        raise HTTPException(400, f"This is no sign-up: {error}.") from error


def first(fields: Fields, name: str) -> str:
    """The first value of a field; "" if it is not there."""
    values: Sequence[str] = fields.get(name, ())
    return values[0] if values else ""


def _limited(request: Request) -> Request:
    """The request, which fails with 413 as soon as its body grows too large, whatever its Content-Length says."""
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > _LARGEST:
            raise HTTPException(413, "This is too large.")
        return message

    return Request(request.scope, receive)
