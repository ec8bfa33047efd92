"""What Offramp's admin listener says about the sessions that it serves."""
import json
import urllib.request

from . import special


def backends(port, admin_port):
    """The backends that carry a new connection to `port`, by direction, and the reason of each: {"tx": ("device",
    "configured"), ...}."""
    connection = special.connect_and_ask(special.client_context(), port)
    try:
        peer_port = str(connection.getsockname()[1])
        with urllib.request.urlopen(f"http://127.0.0.1:{admin_port}/connections", timeout=10) as answer:
            entries = json.load(answer)
        for entry in entries:
            if entry["peer"].rpartition(":")[2] == peer_port:
                return {direction: (entry[direction]["backend"], entry[direction]["why"]) for direction in ("tx", "rx")}
        raise OSError("/connections does not list the connection")
    finally:
        connection.close()


def deviation(port, admin_port, wanted):
    """Why sessions are not carried by the backend that the row's name promises; None if they are."""
    try:
        found = backends(port, admin_port)
    except (OSError, ValueError, KeyError) as error:
        return f"cannot tell which backend carries its sessions: {error}"
    other = [f"{direction} is carried by {name} ({why})" for direction, (name, why) in found.items() if name != wanted]
    return ", ".join(other) or None
