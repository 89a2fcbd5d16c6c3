"""Of tokens that were mailed whole only a hash stays: see `subscribers.mailed_tokens`."""

import uuid
from hashlib import sha256

from django.db import migrations

CHUNK = 2_000


def hide(apps, schema_editor):
    """Links of mails that are out already go on working; the database opens none of them."""
    for model, names in (('TransactionalMail', ['token']), ('AddressChange', ['old_token', 'new_token'])):
        rows = apps.get_model('subscribers', model).objects.using(schema_editor.connection.alias)
        last = 0
        while found := list(rows.filter(pk__gt=last).order_by('pk').only(*names)[:CHUNK]):
            last = found[-1].pk
            for row in found:
                for name in names:
                    if token := getattr(row, name):
                        setattr(row, name, uuid.UUID(bytes=sha256(token.bytes).digest()[:16]))
            rows.bulk_update(found, names, batch_size=200)


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0006_import_without_done_bytes'),
    ]

    # No way back: what was a token cannot be told from its hash.
    operations = [migrations.RunPython(hide)]
