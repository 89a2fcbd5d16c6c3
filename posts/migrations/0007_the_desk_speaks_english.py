from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_languages(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Whoever chose another language saw Wagtail's words in it, and ours in English between them.

    Only English can be chosen since (WAGTAILADMIN_PERMITTED_LANGUAGES).
    """
    profiles = apps.get_model("wagtailusers", "UserProfile")
    profiles.objects.exclude(preferred_language="").update(preferred_language="")


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0006_unread_events"),
        ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
    ]
    operations = [migrations.RunPython(forget_languages, migrations.RunPython.noop)]
