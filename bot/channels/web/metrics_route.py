"""``/metrics`` for Prometheus, behind a token of its own or the staff key."""

import secrets

from fastapi import FastAPI, Request, Response

from bot.channels.web.public_door import DoorError, bearer
from bot.channels.web.staff_door import StaffDoor, TooManyAttemptsError
from bot.metrics import MEDIA_TYPE, Metrics


def add_metrics_route(app: FastAPI, metrics: Metrics, staff: StaffDoor, *, token: str) -> None:
    """Adds the route."""

    @app.get("/metrics", include_in_schema=False)
    async def text(request: Request) -> Response:
        given = bearer(request).encode("utf-8", "surrogateescape")
        if not (token and secrets.compare_digest(given, token.encode())) and not _is_staff(staff, request):
            raise DoorError(
                401, "metrics_only", "Send DRAGOMAN_METRICS_TOKEN or the staff key as 'Authorization: Bearer …'."
            )
        return Response(metrics.text(), media_type=MEDIA_TYPE)


def _is_staff(staff: StaffDoor, request: Request) -> bool:
    try:
        return bool(bearer(request)) and staff.admits_bearer(request)
    except TooManyAttemptsError as error:
        raise DoorError(429, "too_many_keys", str(error), retry_after=error.seconds) from error
