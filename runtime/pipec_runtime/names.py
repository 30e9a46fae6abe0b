"""Names of a specification as an orchestrator takes them. Two names never become one."""
import hashlib
import re
from collections.abc import Collection

# No doubled underscore, none at the ends: parts joined by two underscores can be told apart again.
PLAIN = re.compile(r'[A-Za-z0-9]+(_[A-Za-z0-9]+)*')


def identifier(*parts: str, longest: int = 100, reserved: Collection[str] = ()) -> str:
    """Letters, digits and underscores. What cannot be said plainly gets a hash, and an underscore at its end, which no
    plain name has."""
    plain = '__'.join(parts)
    if all(PLAIN.fullmatch(part) for part in parts) and plain not in reserved and len(plain) <= longest:
        return plain
    words = re.sub(r'[^A-Za-z0-9]+', '_', plain).strip('_')[:longest - 20]
    digest = hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:12]
    return f'{words or "x"}__{digest}_'
