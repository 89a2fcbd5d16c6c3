"""`uv run python -m tests.translations`: takes up new strings, compiles, and names what is missing.

Then write the missing ones into the .po files it names, and run it once more.
"""

import os
import sys

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.translations import catalogues

    missing = 0
    for app, template in catalogues.wanted().items():
        for language in catalogues.LANGUAGES:
            untranslated = catalogues.update(app, language, template)
            missing += len(untranslated)
            for text in untranslated:
                print(f"{catalogues.po_file(app, language)}: {text}")  # noqa: T201
    print("Everything is translated." if not missing else f"{missing} missing.")  # noqa: T201
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
