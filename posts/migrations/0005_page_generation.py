from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posts", "0004_reading_site")]

    operations = [
        migrations.CreateModel(
            name="PageGeneration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=32)),
            ],
        ),
    ]
