"""Headers for every page: nothing of an archived page may load or run anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# Datasette's own pages carry inline scripts and styles; nothing may come from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


@hookimpl
def asgi_wrapper(datasette: object) -> Callable[[Any], Any]:  # noqa: ARG001 - the hook's signature
    """Add ``HEADERS`` to every response."""

    def wrap(app: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def wrapped(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
            async def send_with_headers(event: Any) -> None:
                if event["type"] == "http.response.start":
                    event["headers"] = [*event["headers"], *HEADERS]
                await send(event)

            await app(scope, receive, send_with_headers)

        return wrapped

    return wrap
