from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0003_care")]

    operations = [
        migrations.AddIndex(
            model_name="subscriber",
            index=models.Index(fields=["created_at"], name="by_arrival"),
        ),
    ]
