import django.db.models.deletion
from django.db import migrations, models

# What was brought may be a page as well as a post: a post's number is that of its page. The column
# keeps its name, since the release before reads and writes it.
ARRIVAL = {"on_delete": django.db.models.deletion.CASCADE, "related_name": "arrival"}
OLD_ADDRESS = {
    "null": True,
    "on_delete": django.db.models.deletion.SET_NULL,
    "related_name": "old_addresses",
}


class Migration(migrations.Migration):
    dependencies = [("posts", "0026_other_programs")]

    operations = [
        migrations.AlterField(
            "arrival",
            "post",
            models.OneToOneField(db_column="post_id", to="posts.postpage", **ARRIVAL),
        ),
        migrations.RenameField("arrival", "post", "page"),
        migrations.AlterField(
            "arrival",
            "page",
            models.OneToOneField(db_column="post_id", to="wagtailcore.page", **ARRIVAL),
        ),
        migrations.AlterField(
            "oldaddress",
            "post",
            models.ForeignKey(db_column="post_id", to="posts.postpage", **OLD_ADDRESS),
        ),
        migrations.RenameField("oldaddress", "post", "page"),
        migrations.AlterField(
            "oldaddress",
            "page",
            models.ForeignKey(db_column="post_id", to="wagtailcore.page", **OLD_ADDRESS),
        ),
    ]
