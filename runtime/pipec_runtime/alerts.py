"""Messages about runs. Their channel's address is a secret: it is looked up when there is something to say, and is in no
error and no log."""
import json
import logging
import urllib.error
import urllib.request
from typing import Any

from .manifest import Manifest, Schedule
from .references import lookup

log = logging.getLogger(__name__)

PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue'


class NotSent(Exception):
    """A channel did not take a message."""


def tell(manifest: Manifest, schedule: Schedule, event: str, run: str, about: str = '') -> None:
    """Says it on all channels that want to hear of such an event. One that cannot be reached does not silence others."""
    failed = []
    for alert in schedule.alerts:
        if event not in alert.events:
            continue
        try:
            _send(alert.channel, lookup('the address of the alert', alert.reference),
                  {'event': event, 'project': manifest.project, 'target': manifest.target, 'schedule': schedule.name,
                   'run': run, 'about': about})
        except Exception as error:  # noqa: BLE001: whatever it was, the others are to hear of the event
            log.error('%s could not be told on %s: %s', event, alert.channel, error)
            failed.append(alert.channel)
    if failed:
        raise NotSent(f'{schedule.name}: {event} could not be told on {", ".join(failed)}')


def sentence(message: dict[str, str]) -> str:
    about = f': {message["about"]}' if message['about'] else ''
    return f'{message["project"]} ({message["target"]}): {message["schedule"]}: {message["event"]}, run {message["run"]}{about}'


def _send(channel: str, address: str, message: dict[str, str]) -> None:
    text = sentence(message)
    match channel:
        case 'slack' | 'teams':
            _post(address, {'text': text})
        case 'webhook':
            _post(address, message | {'text': text})
        case 'pagerduty':
            # The secret is the key of an integration; one incident a run.
            _post(PAGERDUTY, {'routing_key': address, 'event_action': 'trigger',
                              'dedup_key': f'{message["schedule"]}/{message["run"]}',
                              'payload': {'summary': text[:1024], 'source': message['project'], 'severity': 'error'}})
        case _:
            raise NotSent(f'no channel is called {channel!r}')


def _post(address: str, body: dict[str, Any]) -> None:
    try:
        request = urllib.request.Request(address, json.dumps(body).encode(), {'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=10):
            return
    except urllib.error.HTTPError as error:
        raise NotSent(f'HTTP {error.code}') from None
    except (OSError, ValueError) as error:
        # The text of such an error may hold the address.
        raise NotSent(type(error).__name__) from None
