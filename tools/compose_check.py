"""Hold a compose file to the Compose Specification: ``python tools/compose_check.py FILE`` (see tools/image-check).

Runs in an environment of its own that has ``compose-spec`` and PyYAML, and imports nothing of ours. A key that the
specification does not know, or a value of the wrong form, ends it with the place.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml
from compose_spec import PyCompose

#: A variable with its default, which stands for it here; one without a default stays and is no valid value.
_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")


def main() -> None:
    """Read the file given, and check that every volume, network and secret that a service names is declared."""
    text = _DEFAULT.sub(r"\1", Path(sys.argv[1]).read_text("utf-8"))
    # PyYAML merges `<<` as Docker does, also where what is merged in merges itself.
    composed = PyCompose.from_yaml(yaml.safe_dump(yaml.safe_load(text)))
    composed.validate()
    print(f"compose: {len(composed.service_names())} services hold to the specification")


if __name__ == "__main__":
    main()
