import django.db.models.deletion
import modelcluster.fields
from django.conf import settings
from django.db import migrations, models

import posts.sharing.models


def _give_each_link_a_discreet_code(apps, schema_editor):
    ShareLink = apps.get_model("posts", "ShareLink")
    links = []
    for link in ShareLink.objects.filter(discreet_code=None).iterator():
        link.discreet_code = posts.sharing.models.new_code()
        links.append(link)
    ShareLink.objects.bulk_update(links, ["discreet_code"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0003_care"),
    ]

    operations = [
        migrations.AlterField(
            model_name="transportstatus",
            name="doubts",
            field=models.PositiveIntegerField(default=0, help_text="A balance with what was taken; see `status.too_many_doubts`."),
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("slug", models.SlugField(allow_unicode=True, max_length=80, unique=True)),
                ("description", models.CharField(blank=True, help_text="One line above the list of its posts. Optional.", max_length=200)),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.AddField(
            model_name="postpage",
            name="topics",
            field=modelcluster.fields.ParentalManyToManyField(blank=True, help_text="Each has a page that lists its posts. Optional.", related_name="posts", to="posts.topic"),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="is_on",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="discreet_code",
            field=models.CharField(editable=False, max_length=32, null=True),
        ),
        # In one transaction with the rest: no link is ever seen without its second code. The rows'
        # foreign keys are not written, so that PostgreSQL may alter the table right after.
        migrations.RunPython(_give_each_link_a_discreet_code, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="sharelink",
            name="discreet_code",
            field=models.CharField(default=posts.sharing.models.new_code, editable=False, max_length=32, unique=True),
        ),
        migrations.CreateModel(
            name="FormerCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, unique=True)),
                ("is_discreet", models.BooleanField()),
                ("changed_at", models.DateTimeField(auto_now_add=True)),
                ("post", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="former_codes", to="posts.postpage")),
            ],
        ),
        migrations.CreateModel(
            name="CoveringNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=200)),
                ("language", models.CharField(choices=settings.LANGUAGES, default="en", max_length=12)),
                ("sort_order", models.PositiveIntegerField(default=0)),
            ],
            options={"verbose_name": "covering note", "ordering": ["sort_order", "pk"]},
        ),
        migrations.CreateModel(
            name="DailyCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("reads", models.PositiveIntegerField(default=0)),
                ("helped", models.PositiveIntegerField(default=0)),
                ("post", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="posts.postpage")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("post", "day"), name="one_count_per_post_and_day")]},
        ),
    ]
