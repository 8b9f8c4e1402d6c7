"""The composition root: names the concrete classes, starts the tasks, and does nothing else."""

from callcenter.app.serving import serve, transcribe

__all__ = ["serve", "transcribe"]
