"""What guidelines say today is the first version of them. Going back needs nothing undone: the
text itself stays with the project."""

from django.db import migrations


def keep_as_first_version(apps, schema_editor):
    Project = apps.get_model("annotation", "Project")
    GuidelinesVersion = apps.get_model("annotation", "GuidelinesVersion")
    for project in Project.objects.filter(guidelines_version=0).exclude(guidelines="").iterator():
        GuidelinesVersion.objects.create(project=project, number=1, text=project.guidelines)
        Project.objects.filter(pk=project.pk).update(guidelines_version=1)


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0012_guidelines_versions'),
    ]

    operations = [migrations.RunPython(keep_as_first_version, migrations.RunPython.noop)]
