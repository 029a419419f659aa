"""Reads /api/v1/events with dlt's generic REST client, unmodified: drains it, then again from the last cursor, until
WANT events were seen; prints each event's id.

usage: dlt_events.py BASE TOKEN WANT
"""
import os
import sys
import time

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator


def main(base, token, want):
    client = RESTClient(base_url=base, auth=BearerTokenAuth(token), paginator=HeaderLinkPaginator())
    seen, cursor = 0, None
    while seen < want:
        parameters = {"limit": 100}
        if cursor:
            parameters["after"] = cursor
        for page in client.paginate("/api/v1/events", params=parameters):
            for event in page:
                print(event["id"], event["kind"], flush=True)
            seen += len(page)
            cursor = page.response.headers["X-Next-Cursor"]
        time.sleep(0.1)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
