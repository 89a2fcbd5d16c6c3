"""After a rest there may be several mailings on one day: those who missed different posts."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("posts", "0003_care")]

    operations = [
        migrations.RemoveConstraint(model_name="digest", name="one_digest_per_period"),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                fields=["newsletter", "cadence", "period"],
                condition=~Q(cadence="return"),
                name="one_digest_per_period",
            ),
        ),
    ]
