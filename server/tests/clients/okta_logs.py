"""Reads /api/v1/logs with Okta's own SDK, unmodified, until WANT events were seen; prints each event's id.

usage: okta_logs.py BASE TOKEN WANT
"""
import asyncio
import os
import sys
from urllib.parse import parse_qs, urlparse

os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"
from okta.client import Client


def after(headers):
    """The cursor of the next link, as Okta's documentation tells to find it."""
    links = headers.getall("link") if hasattr(headers, "getall") else [headers.get("link") or headers.get("Link")]
    for link in ",".join(links).split(","):
        address, _, rest = link.partition(";")
        if 'rel="next"' in rest:
            return parse_qs(urlparse(address.strip().strip("<>")).query)["after"][0]
    raise SystemExit(f"no next link in {links}")


async def main(base, token, want):
    config = {"orgUrl": base, "token": token, "testing": {"testingDisableHttpsCheck": True}}
    async with Client(config) as client:
        seen, cursor = 0, None
        while seen < want:
            events, answer, error = await client.list_log_events(limit=100, sort_order="ASCENDING", after=cursor)
            if error:
                raise SystemExit(f"refused: {error}")
            for event in events:
                print(event.uuid, event.event_type, flush=True)
            seen += len(events)
            cursor = after(answer.headers)
            if not events:
                await asyncio.sleep(0.2)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
