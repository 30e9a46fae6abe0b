"""Asks a service for rows and puts its answers into a folder of the landing, a row a line. What is asked for, and how the
pages follow one another, is in the document that the compiler wrote."""
import base64
import json
import os
import pathlib
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .references import lookup

ATTEMPTS = 5
SECONDS = {'second': 1, 'minute': 60, 'hour': 3600, 'day': 86400}


class FetchError(Exception):
    """The service did not give what was asked for; nothing was put into the landing."""


def fetch(document: Mapping[str, Any], run_id: str, sleep: Callable[[float], None] = time.sleep) -> int:
    """Gives the number of rows. The file appears whole or not at all."""
    if not document['into'].startswith('file:'):
        raise FetchError(f'this runtime writes into folders (`file:`), not into {document["into"].partition(":")[0]}')
    folder = pathlib.Path(document['into'].removeprefix('file:'))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f'{re.sub("[^A-Za-z0-9_-]", lambda c: f"%{ord(c[0]):02x}", run_id)}.json'
    half = file.with_suffix('.part')
    count = 0
    with half.open('w', encoding='utf-8') as lines:
        for record in _records(document, sleep):
            if not isinstance(record, dict):
                raise FetchError(f'{document["url"]}: a row at {document["records"]} is no object')
            kept = {name: record[name] for name in document['columns'] if name in record}
            lines.write(json.dumps(kept, ensure_ascii=False) + '\n')
            count += 1
    os.replace(half, file)
    if document['replace']:
        for other in folder.glob('*.json'):
            if other != file:
                other.unlink()
    return count


def _records(document: Mapping[str, Any], sleep: Callable[[float], None]) -> Iterator[Any]:
    pages, kind = document['paginate'], document['paginate']['kind']
    names = pages.get('with', [])
    pause = SECONDS[document['rate']['per']] / document['rate']['requests'] if 'rate' in document else 0
    url, number, offset, seen = document['url'], 1, 0, set()
    if kind == 'page':
        url = _with(document['url'], names[0] if names else 'page', 1)
    while True:
        if url in seen:
            raise FetchError(f'{document["url"]}: the service gave the same page twice')
        seen.add(url)
        answer, links = _ask(url, document.get('auth'), sleep)
        found = _at(answer, document['records'], document['url'])
        if not isinstance(found, list):
            raise FetchError(f'{document["url"]}: at {document["records"]} is no list')
        yield from found
        if kind == 'none':
            return
        if kind == 'cursor':
            cursor = answer.get(names[0]) if isinstance(answer, dict) else None
            if cursor in (None, ''):
                return
            url = _with(document['url'], names[1] if len(names) > 1 else 'cursor', cursor)
        elif kind == 'link':
            if 'next' not in links:
                return
            url = urllib.parse.urljoin(url, links['next'])
            if urllib.parse.urlsplit(url).netloc != urllib.parse.urlsplit(document['url']).netloc:
                raise FetchError(f'{document["url"]}: the next page is at another service, which gets no secret of this one')
        elif not found:
            return
        elif kind == 'page':
            number += 1
            url = _with(document['url'], names[0] if names else 'page', number)
        else:
            offset += len(found)
            url = _with(document['url'], names[0] if names else 'offset', offset)
        if pause:
            sleep(pause)


def _ask(url: str, auth: Mapping[str, str] | None, sleep: Callable[[float], None]) -> tuple[Any, dict[str, str]]:
    request = urllib.request.Request(url, headers={'Accept': 'application/json'} | _headers(auth))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                links = dict(re.findall(r'<([^>]*)>\s*;[^,]*rel="?(\w+)"?', answer.headers.get('Link', '')))
                return json.loads(answer.read()), {relation: link for link, relation in links.items()}
        except urllib.error.HTTPError as error:
            again = error.code == 429 or error.code >= 500
            if not again or attempt == ATTEMPTS:
                raise FetchError(f'{url}: HTTP {error.code}') from error
            wait = error.headers.get('Retry-After', '')
            sleep(float(wait) if wait.isdigit() else 2 ** attempt)
        except urllib.error.URLError as error:
            if attempt == ATTEMPTS:
                raise FetchError(f'{url}: {error.reason}') from error
            sleep(2 ** attempt)
        except ValueError as error:
            raise FetchError(f'{url}: the answer is no JSON') from error
    raise AssertionError('ATTEMPTS is at least 1')


def _headers(auth: Mapping[str, str] | None) -> dict[str, str]:
    if not auth:
        return {}
    value = lookup('the secret of the service', auth['reference'])
    match auth['kind']:
        case 'bearer':
            return {'Authorization': f'Bearer {value}'}
        case 'basic':
            return {'Authorization': 'Basic ' + base64.b64encode(f'{auth["name"]}:{value}'.encode()).decode()}
        case _:
            return {auth['name']: value}


def _at(answer: Any, path: str, url: str) -> Any:
    """`$.data.rows` within the answer."""
    for name in path.removeprefix('$').split('.')[1:]:
        if not isinstance(answer, dict) or name not in answer:
            raise FetchError(f'{url}: the answer has nothing at {path}')
        answer = answer[name]
    return answer


def _with(url: str, name: str, value: Any) -> str:
    parts = urllib.parse.urlsplit(url)
    query = [pair for pair in urllib.parse.parse_qsl(parts.query, keep_blank_values=True) if pair[0] != name]
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode([*query, (name, value)])))
